import { exploration } from './exploration.ts';

// what takes minutes is `npm run test:model`
exploration('glance');
