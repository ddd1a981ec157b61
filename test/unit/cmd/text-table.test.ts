import { describe, expect, it } from 'vitest';
import { textTable } from '../../../cmd/grapevine/lib/text-table.js';

describe('textTable', () => {
  it('pads each column to its widest cell and leaves no trailing spaces', () => {
    expect(
      textTable(
        ['NODE', 'PID'],
        [
          ['node1', '7'],
          ['n', ''],
        ],
      ),
    ).toBe('NODE   PID\nnode1  7\nn');
  });

  it('is its headings where there are no rows', () => {
    expect(textTable(['A', 'B'], [])).toBe('A  B');
  });
});
