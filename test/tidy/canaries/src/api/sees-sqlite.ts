export { opened } from '../store/sqlite/open.ts';
