// Clients that write and read all the time, and note what they were told.
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from './client.mjs';

/** Writes questions, clicks and leads through a proxy, and reads. */
export class Load {
  constructor(proxy, admin, secret, label) {
    Object.assign(this, { proxy, admin, secret, label });
    this.acknowledged = { questions: [], clicks: [], leads: [] };
    this.failed = [];
    this.answers = 0;
    this.slowest = 0;
    this.running = [];
    this.goesOn = true;
    this.next = 0;
  }

  start(each) {
    const kinds = ['question', 'click', 'lead', 'read'];
    for (const kind of kinds) for (let worker = 0; worker < each; worker += 1) this.running.push(this.work(kind));
    return this;
  }

  async stop() {
    this.goesOn = false;
    await Promise.all(this.running);
  }

  /** Failures, by what failed and how. */
  told(failed = this.failed) {
    const counts = {};
    for (const { kind, how } of failed) counts[`${kind} ${how}`] = (counts[`${kind} ${how}`] ?? 0) + 1;
    return Object.entries(counts).map(([what, count]) => `${count} ${what}`).join(', ') || 'none';
  }

  async work(kind) {
    while (this.goesOn) {
      const began = performance.now();
      let how;
      try {
        how = await this[kind]();
      } catch (error) {
        how = error.cause?.code ?? error.message;
      }
      this.answers += 1;
      this.slowest = Math.max(this.slowest, performance.now() - began);
      if (how) {
        this.failed.push({ kind, how, began, ended: performance.now() });
        await sleep(20);
      }
    }
  }

  async question() {
    const question = `${this.label} ${(this.next += 1)}`;
    const answer = await this.admin.ask('mutation($input: CreateFaqInput!) { createFaq(input: $input) { faq { id } } }', {
      input: { question, answer: 'a' },
    });
    if (answer.status !== 200 || answer.code) return answer.code ?? answer.status;
    this.acknowledged.questions.push(question);
  }

  async click() {
    const { status, headers } = await this.proxy.get('/c/user123');
    if (status !== 302) return status;
    this.acknowledged.clicks.push(Client.clickOf(headers));
  }

  async lead() {
    // Without a click there is nothing to report yet.
    const clicks = this.acknowledged.clicks;
    if (this.reported === clicks.length || !clicks.length) return void (await sleep(5));
    this.reported = clicks.length;
    const clickid = clicks.at(-1);
    const body = new URLSearchParams({ clickid, payout: '1.00', txid: clickid, ...(this.secret && { secret: this.secret }) });
    const answer = await this.proxy.fetch('/apextrack/api/postback/conversion', { method: 'POST', body });
    await answer.text();
    if (answer.status !== 201 && answer.status !== 200) return answer.status;
    this.acknowledged.leads.push(clickid);
  }

  async read() {
    const { status } = await this.proxy.get('/notary/api/v1/office/service');
    if (status !== 200) return status;
  }
}
