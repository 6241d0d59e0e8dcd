export { program } from '../../bin/program.ts';
