import { describe, expect, it } from 'vitest';
import { EndpointVotes, MIN_VOTES, VOTE_LIFETIME_MS } from '../../../../src/net/discovery/endpoint-votes.js';

describe('endpoint votes', () => {
  const vote = (votes: EndpointVotes, count: number, ip: string, offset = 0): void => {
    for (let i = 0; i < count; i++) votes.add(0, `voter ${offset + i}`, { ip, port: 1 });
  };

  it('need 10 voters that agree and a majority, within 5 minutes', () => {
    const votes = new EndpointVotes();
    vote(votes, MIN_VOTES - 1, '1.1.1.1');
    expect(votes.winner(0)).toBeUndefined();
    vote(votes, MIN_VOTES, '1.1.1.1');
    expect(votes.winner(0)).toEqual({ ip: '1.1.1.1', port: 1 });
    vote(votes, MIN_VOTES, '2.2.2.2', 100);
    expect(votes.winner(0)).toBeUndefined();
    expect(votes.winner(VOTE_LIFETIME_MS)).toBeUndefined();
  });
});
