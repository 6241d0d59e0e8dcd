export { plan } from '../merge/plan.ts';
