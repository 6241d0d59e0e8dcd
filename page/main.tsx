import { render } from 'preact';
import { openSession } from './ground/session.ts';
import { Door } from './shell/Door.tsx';
import { Page } from './shell/Page.tsx';
import './style/ground.css';
import './style/shell.css';
import './style/queue.css';
import './style/diff.css';
import './style/lists.css';

const root = document.getElementById('page');
if (root === null) {
  throw new Error('believed: the document has a place for the page');
}
const session = await openSession();
render(session.ok ? <Page bearer={session.value} /> : <Door words={session.words} />, root);
