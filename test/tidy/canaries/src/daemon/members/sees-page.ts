export { page } from '../../../page/page.ts';
