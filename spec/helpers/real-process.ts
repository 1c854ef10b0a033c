/** The process of the spec: Jest gives specs a copy, which hears of nothing, and whose environment nobody else reads. */
import { runInThisContext } from 'node:vm';

export const realProcess = runInThisContext('process') as NodeJS.Process;
