import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { engine } from '../../../engines/browser/engine.ts';
import { judgeBookmark } from '../../../engines/browser/judge/judge-bookmark.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { runs } from '../../helpers/suite.ts';
import { processorMs } from '../../helpers/processor-ms.ts';

const bookmark = (url: string, title = 'A page'): JsonObject => ({ kind: 'bookmark', title, url, root: 'bar' });
const page = bookmark('https://example.org/a?b=c#d');

describe('3 a bookmark of another device', () => {
  it.each([
    'https://example.org/',
    'HTTPS://Example.org/Path',
    'https://example.org:443/',
    'https://en.wikipedia.org/wiki/URL#Syntax',
    'https://example.org/search?q=a+b&lang=de',
    'https://medium.com/@ann/story',
    'https://日本語.jp/',
    'about:blank',
  ])('is harmless that leads to %s', (url) => {
    expect(judgeBookmark(null, bookmark(url))).toEqual({ level: 'harmless', words: 'harmless' });
  });

  it.each([
    ['javascript:alert(1)', 'runs a script'],
    ['JaVaScRiPt:alert(1)', 'runs a script'],
    [' \tjavascript:alert(1)', 'runs a script'],
    ['java\nscript:alert(1)', 'runs a script'],
    ['java\u200bscript:alert(1)', 'runs a script'],
    ['javascript%3Aalert(1)', 'runs a script'],
    ['%6Aavascript:alert(1)', 'runs a script'],
    ['javascript%253Aalert(1)', 'runs a script'],
    ['\u0001javascript:alert(1)', 'runs a script'],
    ['data:text/html,<script>x</script>', 'may run scripts'],
    ['DATA:text/html;base64,AAAA', 'may run scripts'],
    ['file:///etc/passwd', 'a file of this machine'],
    ['chrome://settings', 'what the browser is set by'],
    ['about:config', 'what the browser is set by'],
    ['ABOUT:CONFIG', 'what the browser is set by'],
    ['about:blank#x', 'what the browser is set by'],
    ['chrome-extension://abcdef/x.html', 'page of an extension'],
    ['ms-msdt:/id PCWDiagnostic', 'another program (ms-msdt:)'],
    ['mailto:ann@example.org', 'another program (mailto:)'],
    ['view-source:https://example.org', 'another program (view-source:)'],
    ['http://example.org/', 'not encrypted'],
    ['https://ann:secret@example.org/', 'a name or a password'],
    ['https://example.org@evil.example/', 'a name or a password'],
    ['https://example.org/?access_token=abc', 'access_token'],
    ['https://example.org/#id_token=abc', 'id_token'],
    ['https://example.org/?Api%5FKey=abc', 'Api_Key'],
    ['https://example.org/a;jsessionid=12AB', 'jsessionid'],
    ['https://hooks.slack.com/services/T0/B0/x', 'a token or a password'],
    ['https://192.168.0.1/', 'by its number'],
    ['https://3232235521/', 'not written as what it is'],
    ['https://0x7f.1/', 'not written as what it is'],
    ['https://[::1]/', 'by its number'],
    ['https://127.0.0.1.nip.io/', 'by its number'],
    ['https://example.org:8443/', 'names a port'],
    ['https://router/', 'of the network'],
    ['https://nas.local/', 'of the network'],
    ['https://xn--pypal-4ve.com/', 'looks like paypal'],
    ['https://pаypal.com/', 'looks like paypal'],
    ['https://ex%61mple.org/', 'not written as what it is'],
    ['https:example.org/', 'not written as what it is'],
    ['https:\\\\example.org\\x', 'not written as what it is'],
    ['https://example.org/\u202egnp', 'not seen (U+202E)'],
    ['https://www.google.com/url?q=https://evil.example', 'lead on'],
    ['https://example.org/login?next=//evil.example', 'lead on'],
    ['https://example.org/login?next=%2F%2Fevil.example', 'lead on'],
    ['example.org', 'no address'],
    ['', 'no address'],
  ])('is dangerous that leads to %j', (url, words) => {
    const judged = judgeBookmark(null, bookmark(url));
    expect(judged.level).toBe('dangerous');
    expect(judged.words).toContain(words);
  });

  it.each([
    ['PayPal login', 'https://paypa1.com/'],
    ['Microsoft', 'https://rnicrosoft.com/'],
    ['https://bank.example/', 'https://evil.example/'],
    ['paypal.com', 'https://evil.example/'],
  ])('is dangerous whose title %j is not where it leads: %s', (title, url) => {
    expect(judgeBookmark(null, bookmark(url, title)).words).toContain('its title says');
    expect(judgeBookmark(bookmark(url), bookmark(url, title)).level).toBe('dangerous');
  });

  it.each([
    ['Pokémon', 'https://www.pokemon.com/'],
    ['GitHub', 'https://github.com/'],
    ['www.example.org', 'https://example.org/'],
    ['Node.js', 'https://nodejs.org/'],
  ])('is harmless whose title %j is where it leads: %s', (title, url) => {
    expect(judgeBookmark(null, bookmark(url, title)).level).toBe('harmless');
  });
});

describe('3 what a record lacks', () => {
  it.each<[JsonObject, boolean]>([
    [{ kind: 'bookmark', title: 'x' }, false],
    [{ kind: 'folder', title: 'x', url: 'https://example.org/' }, false],
    [{ kind: 'bookmark', title: 'x', url: 'https://example.org/', root: 'trash' }, false],
    [{ kind: 'bookmark', title: 'x', url: 'https://example.org/' }, true],
    [{ kind: 'tab', title: 'x' }, true],
  ])('is said: %j', (fields, isWhole) => {
    expect(engine.lacking?.(fields, null) === undefined).toBe(isWhole);
  });
});

describe('3 a change of a bookmark', () => {
  it.each<[string, JsonObject]>([
    ['another title', { ...page, title: 'B 👩‍👧 ❤️' }],
    ['another folder', { ...page, parent: 'browser/bookmarks/folder/bar/News' }],
    ['another place among others', { ...page, position: 'a0V' }],
    ['another root', { ...page, root: 'other' }],
    ['another page of the same host', { ...page, url: 'https://www.example.org/b' }],
    ['tags', { ...page, tags: ['one', 'two'] }],
    ['nothing', page],
  ])('is harmless that brings %s', (_name, next) => {
    expect(judgeBookmark(page, next)).toEqual({ level: 'harmless', words: 'harmless' });
  });

  it('is harmless that removes one, adds a folder, or encrypts the way', () => {
    expect(judgeBookmark(page, null)).toMatchObject({ level: 'harmless' });
    expect(judgeBookmark(null, { kind: 'folder', title: 'News', root: 'bar' }).level).toBe('harmless');
    expect(judgeBookmark(bookmark('http://example.org/'), bookmark('https://example.org/')).level).toBe('harmless');
    const script = bookmark('javascript:alert(1)');
    expect(judgeBookmark(script, { ...script, title: 'Mine' }).level).toBe('harmless');
  });

  it.each<[string, JsonObject, string]>([
    ['another host', { ...page, url: 'https://evil.example/a' }, 'example.org → evil.example'],
    ['a part of another host', { ...page, url: 'https://example.org.evil.example/' }, '→ example.org.evil.example'],
    ['a twin', { ...page, url: 'https://examp1e.org/' }, 'which looks like it'],
    ['a port', { ...page, url: 'https://example.org:8443/' }, '→ example.org:8443'],
    ['no encryption', { ...page, url: 'http://example.org/' }, 'not encrypted'],
    ['a script', { ...page, url: 'javascript:alert(1)' }, 'runs a script'],
    ['a keyword', { ...page, keyword: 'g' }, 'types g'],
    ['what nobody knows', { ...page, onOpen: 'x' }, 'onOpen is changed'],
    ['hidden letters', { ...page, title: 'A\u202e page' }, 'U+202E'],
    ['a folder instead', { ...page, kind: 'folder' }, 'a bookmark becomes a folder'],
    ['a kind that looks like one', { ...page, kind: 'bооkmark' }, 'no kind of thing'],
    ['an object for an address', { ...page, url: { $secretRef: 'urn:srcos:secret:x' } }, 'kept as a secret'],
    ['a list for a title', { ...page, title: ['A page'] }, 'no text'],
    ['a parent elsewhere', { ...page, parent: 'shell/x' }, 'which is no folder'],
  ])('is dangerous that brings %s', (_name, next, words) => {
    const judged = judgeBookmark(page, next);
    expect(judged.level).toBe('dangerous');
    expect(judged.words).toContain(words);
  });

  it('is dangerous with members that every object has', () => {
    const next = JSON.parse('{"kind":"folder","title":"x","__proto__":{"url":"https://example.org/"}}') as JsonObject;
    expect(judgeBookmark(null, next).level).toBe('dangerous');
    expect(judgeBookmark(null, { ...page, constructor: 1 }).level).toBe('dangerous');
  });

  it('never throws and never takes long', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.oneof(fc.webUrl(), fc.string()), fc.string(), (value, url, title) => {
        judgeBookmark(null, { kind: 'bookmark', title, url });
        judgeBookmark({ ...page, extra: value as never }, { ...page, url: value as never, title: value as never });
      }),
      { numRuns: runs(300, 2000) },
    );
    const huge = 'a=%2'.repeat(2_000_000);
    const start = processorMs();
    for (const text of [huge, `https://example.org/?${huge}`, `https://${huge}`, `\u200b${huge}`]) {
      expect(judgeBookmark(null, bookmark(text, text)).level).toBe('dangerous');
    }
    for (const unit of ['a', '=', '%', ' ', '"', '/', '//', 'a:', '&a', '\\']) {
      judgeBookmark(null, bookmark(`https://example.org/?${unit.repeat(16_000)}`, unit.repeat(4000)));
    }
    expect(processorMs() - start).toBeLessThan(3000);
  });
});
