export { fixture } from '../../test/unit/fixture.ts';
