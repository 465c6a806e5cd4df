import { checkSchema } from '../../db/schema.ts';
import { fail, NO_DATABASE, ok, warn, type Check } from '../check.ts';

/** Tables, columns, indexes, and what the user may do with them. */
export const schema: Check = {
  name: { zh: '表结构', en: 'schema' },
  async run(patient) {
    if (patient.database === null) return [NO_DATABASE];
    const findings = await checkSchema(patient.config.database);
    patient.schemaUsable = findings.every(({ severity }) => severity !== 'error');
    if (findings.length === 0) {
      return [ok('表、列、索引和所需权限齐全', 'tables, columns, indexes and the needed privileges are there')];
    }
    return findings.map(({ severity, text }) => (severity === 'error' ? fail(text) : warn(text)));
  },
};
