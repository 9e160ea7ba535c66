import { useSyncExternalStore } from 'react';

/** A value that parts of the page share. */
export interface Store<T> {
  get(): T;
  set(value: T): void;
  use(): T;
  /** Calls this with every change. */
  changed(listener: () => void): void;
}

export function store<T>(initial: T, onChange: (value: T) => void = () => {}): Store<T> {
  const listeners = new Set<() => void>();
  let value = initial;
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const get = () => value;
  return {
    get,
    set(next) {
      value = next;
      onChange(next);
      for (const listener of listeners) listener();
    },
    changed: listener => void subscribe(listener),
    use: () => useSyncExternalStore(subscribe, get),
  };
}
