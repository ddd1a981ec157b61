/** A client whose messages may pile up. */
export interface Reader {
  /** Bytes written for it that it did not take yet, or that came from it and are of no use before the rest comes. */
  unreadBytes(): number;
  /** Ends it at once, and frees what waits for it. */
  cut(): void;
}

/** One client's place in the tally. */
export interface Place {
  /** To be called when more waits for the client; whoever has most unread is cut while all together have too much. */
  grew(): void;
  /** The client is gone; may be called again. */
  leave(): void;
}

/** What waits for all clients together. */
export interface UnreadTally {
  join(reader: Reader): Place;
}

interface Entry {
  readonly reader: Reader;
  /** As last seen: what is read meanwhile is noticed when it matters. */
  bytes: number;
}

/** Creates a tally that keeps what all clients have unread within `limitBytes`. */
export function createUnreadTally(limitBytes: number): UnreadTally {
  // BOUNDED: by limits.webSockets and limits.ipcSockets.
  const entries = new Set<Entry>();
  let total = 0;

  function look(entry: Entry): void {
    const bytes = entry.reader.unreadBytes();
    total += bytes - entry.bytes;
    entry.bytes = bytes;
  }

  function leave(entry: Entry): void {
    if (entries.delete(entry)) total -= entry.bytes;
  }

  /** Not the client that passed the limit: those who fill it and stop there would have all others cut. */
  function cutLargest(): void {
    let largest: Entry | undefined;
    for (const entry of entries) if (largest === undefined || entry.bytes > largest.bytes) largest = entry;
    if (largest === undefined) return;
    leave(largest);
    largest.reader.cut();
  }

  return {
    join(reader) {
      const entry: Entry = { reader, bytes: 0 };
      entries.add(entry);
      return {
        grew() {
          if (!entries.has(entry)) return;
          look(entry);
          if (total <= limitBytes) return;
          for (const each of entries) look(each);
          while (total > limitBytes) cutLargest();
        },
        leave: () => leave(entry),
      };
    },
  };
}
