import type { RpcBackend } from './backend.js';
import type { Filters } from './filters.js';
import { checkLogRange, logQuery } from './log-query.js';
import { type Method, method } from './method.js';
import { optional, required } from './param.js';
import { boolean, string } from './param-values.js';

/** Logs (there are none) and polling filters. */
export function ethFilterMethods({ chain }: RpcBackend, filters: Filters): readonly Method[] {
  const query = required('Filter', logQuery);
  const id = required('Filter identifier', string);
  return [
    method('eth_getLogs', [query], (_, asked) => {
      checkLogRange(chain, asked);
      return [];
    }),
    method('eth_newFilter', [query], ({ nowMs }, asked) => filters.addLogs(asked, nowMs)),
    method('eth_newBlockFilter', [], ({ nowMs }) => filters.addBlocks(nowMs)),
    method('eth_newPendingTransactionFilter', [optional('Full transactions', boolean)], ({ nowMs }, full) =>
      filters.addTransactions(full ?? false, nowMs),
    ),
    method('eth_getFilterChanges', [id], ({ nowMs }, filter) => filters.changes(filter, nowMs)),
    method('eth_getFilterLogs', [id], ({ nowMs }, filter) => {
      filters.logQuery(filter, nowMs);
      return [];
    }),
    method('eth_uninstallFilter', [id], (_, filter) => filters.remove(filter)),
  ];
}
