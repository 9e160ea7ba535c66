// The demo as a front end sees it: log in, a query, a subscription, an upload. Every type comes from the schema.
import { graphql } from './generated/index.js';
import type { Realm } from './generated/graphql.js';
import { Gateway } from './gateway.js';

const LogIn = graphql(`
  mutation LogIn($input: LoginInput!) {
    login(input: $input) {
      token { content }
      user { name role }
    }
  }
`);
const Partners = graphql(`
  query Partners {
    partners(first: 3) {
      nodes {
        name
        clients(first: 2) { nodes { name assessmentResult { typologies { name score } } } }
      }
    }
  }
`);
const Clicks = graphql(`
  subscription Clicks {
    clickRecorded { clickId subId createdAt }
  }
`);
const RecordClick = graphql(`
  mutation RecordClick($subId: String!) {
    recordClick(input: { subId: $subId }) { click { clickId } }
  }
`);
const HandIn = graphql(`
  mutation HandIn($file: Upload!) {
    uploadDocument(input: { name: "Rapor", file: $file }) { document { name filePath size } }
  }
`);

const gateway = new Gateway(`${process.argv[2] ?? 'http://127.0.0.1:8080'}/graphql`);

async function logIn(realm: Realm, login: string) {
  const { login: session } = await gateway.run(LogIn, { input: { realm, login, password: 'rahasia-demo-123' } });
  gateway.token = session.token.content;
  console.log(`${session.user.name}, ${session.user.role}`);
}

await logIn('TALENTS_MAPPING', 'partner@talents.test');
const { partners } = await gateway.run(Partners, {});
for (const partner of partners.nodes) {
  for (const client of partner.clients.nodes) {
    console.log(`  ${partner.name}: ${client.name}, ${client.assessmentResult?.typologies.length ?? 'no'} typologies`);
  }
}

await logIn('APEXTRACK', 'affiliate@apex.test');
// What happens before the server listens for us is not told: click until it does.
const clicking = setInterval(() => void gateway.run(RecordClick, { subId: 'user123' }), 500);
for await (const { clickRecorded } of gateway.subscribe(Clicks, {})) {
  console.log(`  a click on ${clickRecorded.subId} at ${clickRecorded.createdAt}`);
  break;
}
clearInterval(clicking);

await logIn('SCHOLARSHIP', 'applicant@yiss.test');
const file = new Blob(['%PDF-1.7\n%%EOF\n'], { type: 'application/pdf' });
const { uploadDocument } = await gateway.upload(HandIn, { file }, 'file', 'rapor.pdf');
if (uploadDocument.document.size !== file.size) throw new Error('the document arrived in another size');
console.log(`  ${uploadDocument.document.filePath}, ${uploadDocument.document.size} bytes`);
