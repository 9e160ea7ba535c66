import { useMonaco } from '@graphiql/react';
import { useEffect } from 'react';

/** GraphiQL's themes of its editors, in this product's colors and with enough contrast to be read. */
export function Colors() {
  const monaco = useMonaco(({ monaco }) => monaco);
  useEffect(() => {
    monaco?.editor.defineTheme('graphiql-LIGHT', {
      base: 'vs',
      inherit: true,
      colors: colors({ background: '#ffffff', faint: '#5b6778', primary: '#0f766e' }),
      rules: [
        { token: 'argument.identifier.gql', foreground: '5a56b8' },
        { token: 'comment', foreground: '007000' },
        { token: 'number', foreground: '07663f' },
      ],
    });
    monaco?.editor.defineTheme('graphiql-DARK', {
      base: 'vs-dark',
      inherit: true,
      colors: colors({ background: '#212a3b', faint: '#9aa5b8', primary: '#2dd4bf' }),
      rules: [
        { token: 'argument.identifier.gql', foreground: 'a9a4ff' },
        { token: 'comment', foreground: '8fbf7a' },
      ],
    });
  }, [monaco]);
  return null;
}

function colors({ background, faint, primary }: Record<'background' | 'faint' | 'primary', string>) {
  const shade = `${primary}19`;
  return {
    'editor.background': '#ffffff00',
    'editorLineNumber.foreground': faint,
    'editorLineNumber.dimmedForeground': faint,
    'editorHoverWidget.background': background,
    'editorSuggestWidget.background': background,
    'editorSuggestWidget.selectedBackground': shade,
    'editorSuggestWidget.selectedForeground': primary,
    'editorWidget.background': background,
    focusBorder: primary,
    'list.focusHighlightForeground': primary,
    'list.highlightForeground': primary,
    'list.hoverBackground': shade,
    'menu.background': background,
    'menu.selectionBackground': shade,
    'menu.selectionForeground': primary,
    'quickInput.background': background,
    'quickInputList.focusBackground': shade,
    'scrollbar.shadow': '#ffffff00',
    'textLink.activeForeground': primary,
    'textLink.foreground': primary,
  };
}
