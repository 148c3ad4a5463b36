// Functions of the user in a database of their own, one record each.
import { openRecords, type RecordDb } from '../../../shared/records';
import type { StoredFunction } from '../../../tools/functions/definition';

export interface FunctionDb extends Omit<RecordDb<StoredFunction>, 'save'> {
  save(functions: readonly StoredFunction[]): Promise<void>;
}

export function openFunctionDb(): FunctionDb {
  const records = openRecords<StoredFunction>('glm-functions', 'functions', ({ name }) => name);
  return { ...records, save: records.saveAll };
}
