// Users of what may be away: they upload, fetch, invite and read all the time, and judge each answer.
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { PASSWORD, address } from '../replicas/client.mjs';

const UPLOAD = 'mutation($input: UploadDocumentInput!) { uploadDocument(input: $input) { document { filePath } } }';
const INVITE = 'mutation($input: CreateInvitationInput!) { createInvitation(input: $input) { __typename } }';
const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');
const isJson = (answer) => answer.headers.get('content-type')?.includes('json');

export class Users {
  constructor(server, staff) {
    Object.assign(this, { server, staff });
    this.goesOn = true;
    /** Everything that was told: who, how (`well`, `unavailable`, or what is wrong), from when until when. */
    this.told = [];
    /** What was acknowledged: files with their hash, mails with when. */
    this.files = new Map();
    this.invited = new Map();
  }

  start() {
    const kinds = ['upload', 'uploadByRest', 'fetch', 'invite', 'read', 'logIn'];
    this.running = kinds.map((kind) => this.work(kind));
  }

  async stop() {
    this.goesOn = false;
    await Promise.all(this.running);
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
      if (how) this.told.push({ kind, how, began, ended: performance.now() });
      await sleep(kind === 'invite' || kind === 'logIn' ? 50 : 15);
    }
  }

  /** A new applicant, since each may have a hundred files, and send some tens a minute. */
  async applicant() {
    const email = `applicant-${randomBytes(6).toString('hex')}@example.com`;
    const input = { realm: 'SCHOLARSHIP', role: 'APPLICANT', name: 'Siti', email, password: PASSWORD };
    await this.server.as(this.staff).change('createUser', input);
    const one = this.server.as(await this.server.from(address()).logIn('SCHOLARSHIP', email, PASSWORD));
    const profile = {
      birthPlace: 'Jakarta', birthDate: '2005-05-15', fatherName: 'A', fatherOccupation: 'B', motherName: 'C', motherOccupation: 'D',
      parentsIncome: 0, address: 'E',
    };
    await one.change('createApplicant', profile);
    return Object.assign(one, { left: 30 });
  }

  async withFile(kind, send) {
    if (!this[`${kind}er`]?.left) this[`${kind}er`] = await this.applicant();
    const one = this[`${kind}er`];
    one.left -= 1;
    const bytes = Buffer.concat([Buffer.from('%PDF-1.4\n'), randomBytes(randomInt(100, 200_000))]);
    const [path, how] = await send(one, new Blob([bytes], { type: 'application/pdf' }));
    if (path) this.files.set(path, hash(bytes));
    return how;
  }

  upload() {
    return this.withFile('upload', async (one, file) => {
      const body = new FormData();
      body.set('operations', JSON.stringify({ query: UPLOAD, variables: { input: { name: 'KTP', published: true, file: null } } }));
      body.set('map', '{"0": ["variables.input.file"]}');
      body.set('0', file, 'ktp.pdf');
      const answer = await one.fetch('/graphql', { method: 'POST', body, headers: { 'graphql-require-preflight': 'true' } });
      const { data, errors } = await answer.json();
      if (answer.status === 200 && !errors) return [data.uploadDocument.document.filePath, 'well'];
      const { code, retryAfter } = errors[0].extensions;
      return [undefined, code === 'UNAVAILABLE' && retryAfter > 0 ? 'unavailable' : `${answer.status} ${JSON.stringify(errors)}`];
    });
  }

  uploadByRest() {
    return this.withFile('uploadByRest', async (one, file) => {
      const body = new FormData();
      body.set('nama_item', 'KTP');
      body.set('publikasi', '1');
      body.set('file', file, 'ktp.pdf');
      const answer = await one.from(address()).fetch('/scholarship/api/calon-beswan/berkas', { method: 'POST', body });
      const text = await answer.text();
      if (answer.status === 201) return [JSON.parse(text).data.file_path, 'well'];
      return [undefined, this.isUnavailable(answer, text)];
    });
  }

  /** 503 and Retry-After in the envelope of an API, or what it is instead. */
  isUnavailable(answer, text) {
    const is = answer.status === 503 && Number(answer.headers.get('retry-after')) > 0 && isJson(answer) && JSON.parse(text).message;
    return is ? 'unavailable' : `${answer.status} ${text}`;
  }

  /** Fetches one of the files that were acknowledged. */
  async fetch(path = [...this.files.keys()][randomInt(Math.max(1, this.files.size))]) {
    if (!path) return undefined;
    const answer = await this.server.fetch(`/storage/${path}`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (answer.status === 200) return hash(bytes) === this.files.get(path) ? 'well' : 'other bytes';
    return this.isUnavailable(answer, bytes.toString());
  }

  async invite() {
    const email = `guest-${randomBytes(6).toString('hex')}@example.com`;
    const input = { realm: 'NOTARY', email, role: 'NOTARY', expiresInMinutes: 60 };
    const { status, code, text } = await this.server.as(this.staff).from(address()).ask(INVITE, { input });
    if (status !== 200 || code) return `${status} ${text}`;
    this.invited.set(email, Date.now());
    return 'well';
  }

  async read() {
    const { status, text } = await this.server.get('/notary/api/v1/office/service');
    return status === 200 ? 'well' : `${status} ${text}`;
  }

  /** What is counted in Redis. */
  async logIn() {
    const { status, code, text } = await this.server.from(address()).tryToLogIn('STAFF', 'budi@staff.test', PASSWORD);
    return status === 200 && !code ? 'well' : `${status} ${text}`;
  }
}
