import { describe, expect, it } from 'vitest';
import { parseSettings, settingsOf } from '../../../src/sim/parameters.js';

const PARAMETERS = {
  peers: { default: 5, least: 1, most: 10, summary: 'how many' },
  loss: { default: 0.1, most: 0.9, summary: 'how much' },
};

describe('parameters of a scenario', () => {
  it.each([
    { name: 'none', texts: [], settings: {} },
    { name: 'one', texts: ['peers=7'], settings: { peers: 7 } },
    { name: 'a fraction', texts: ['loss=0.25'], settings: { loss: 0.25 } },
    { name: 'the later of two', texts: ['peers=7', 'peers=8'], settings: { peers: 8 } },
    { name: 'the bounds themselves', texts: ['peers=10', 'loss=0'], settings: { peers: 10, loss: 0 } },
  ])('are read: $name', ({ texts, settings }) => {
    expect(parseSettings(PARAMETERS, texts)).toEqual({ ok: true, value: settings });
  });

  it.each([
    { name: 'no value', text: 'peers', error: '"peers" is not key=value' },
    { name: 'no key', text: '=5', error: '"=5" is not key=value' },
    { name: 'an unknown key', text: 'peer=5', error: 'no parameter "peer"; it has peers, loss' },
    { name: 'a key of every object', text: 'toString=5', error: 'no parameter "toString"; it has peers, loss' },
    { name: 'no number', text: 'peers=many', error: 'peers is a number from 1 to 10, not "many"' },
    { name: 'white space', text: 'loss= ', error: 'loss is a number from 0 to 0.9, not " "' },
    { name: 'too little', text: 'peers=0', error: 'peers is a number from 1 to 10, not "0"' },
    { name: 'too much', text: 'loss=1', error: 'loss is a number from 0 to 0.9, not "1"' },
  ])('are refused: $name', ({ text, error }) => {
    expect(parseSettings(PARAMETERS, [text])).toEqual({ ok: false, error });
  });

  it('say so when there are none', () => {
    expect(parseSettings({}, ['a=1'])).toEqual({ ok: false, error: 'no parameter "a"; it has none' });
  });

  it('have their default unless they are set', () => {
    expect(settingsOf(PARAMETERS, { peers: 2 })).toEqual({ peers: 2, loss: 0.1 });
    expect(settingsOf(PARAMETERS, undefined)).toEqual({ peers: 5, loss: 0.1 });
  });
});
