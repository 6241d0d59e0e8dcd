// Opens one sealed batch by the text of docs/protocol/README.md alone: no line of SourceSync is used.
//
//   node docs/protocol/open-batch.mjs EPOCH_KEY SIGN_KEY < batch     both keys as 64 hexadecimal digits
//
// Prints a JSON object a line: the header, then each record. Ends with 1 and one sentence where anything is not as it says.
import { timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import sodium from 'libsodium-wrappers-sumo';

await sodium.ready;
const headerBytes = 252;
const mostContentBytes = 1_507_328;

try {
  const [epochKey, signKey] = process.argv.slice(2).map((text) => Buffer.from(text ?? '', 'hex'));
  demand(epochKey?.length === 32 && signKey?.length === 32, 'usage: open-batch.mjs EPOCH_KEY SIGN_KEY < batch');
  const { header, records } = openBatch(readFileSync(0), epochKey, signKey);
  console.log(JSON.stringify(header));
  records.forEach((record) => console.log(record.toString('utf8')));
} catch (cause) {
  console.error(cause.message);
  process.exitCode = 1;
}

function openBatch(batch, epochKey, signKey) {
  demand(batch.length >= headerBytes + 64, 'a batch has a header of 252 bytes and a signature of 64');
  const headerRaw = batch.subarray(0, headerBytes);
  const signature = batch.subarray(headerBytes, headerBytes + 64);
  const ciphertext = batch.subarray(headerBytes + 64);
  const header = readHeader(headerRaw);
  const batchId = H('batch', headerRaw);
  demand(
    sodium.crypto_sign_verify_detached(signature, frame('batch-sig', batchId), signKey),
    'the signature is not of this device',
  );
  demand(equal(H('ciphertext', ciphertext), header.ciphertextHash), 'the ciphertext is not the one that was signed');

  const batchKey = KH(epochKey, 'batch-key', header.scopeId, header.deviceId, u64(header.sequence), header.salt);
  const body = decrypt(ciphertext, headerRaw.subarray(0, 184), header.salt.subarray(0, 24), batchKey);
  const records = recordsOf(contentOf(body));
  const leaves = records.map((record, index) => {
    return KH(KH(batchKey, 'rec', u32(index)), 'leaf', record);
  });
  demand(
    equal(H('root', u32(records.length), topOf(leaves)), header.root),
    'the records are not those that the root names',
  );
  return { header: shownHeader(header, batchId), records };
}

function readHeader(raw) {
  demand(raw.toString('latin1', 0, 4) === 'SRB1', 'a batch begins with SRB1');
  const [suite, flags, kind, zero] = raw.subarray(4, 8);
  demand(suite === 1 && flags === 0 && kind <= 2 && zero === 0, 'the batch is of a later version');
  return {
    kind: ['changes', 'snapshot', 'heartbeat'][kind],
    scopeId: raw.subarray(8, 40),
    deviceId: raw.subarray(40, 72),
    sequence: raw.readBigUInt64BE(72),
    previous: raw.subarray(80, 112),
    logSequence: raw.readUInt32BE(112),
    logHead: raw.subarray(116, 148),
    epoch: raw.readUInt32BE(148),
    salt: raw.subarray(152, 184),
    root: raw.subarray(184, 216),
    ciphertextLength: raw.readUInt32BE(216),
    ciphertextHash: raw.subarray(220, 252),
  };
}

/** Takes the padding away, which is zeros, and inflates what was compressed. */
function contentOf(body) {
  demand(body.length >= 9, 'the body has no head');
  const contentLength = body.readUInt32BE(1);
  const storedLength = body.readUInt32BE(5);
  demand(
    contentLength <= mostContentBytes && body.length === paddedLength(9 + storedLength),
    'the body has a wrong length',
  );
  demand(
    body.subarray(9 + storedLength).every((byte) => byte === 0),
    'the padding is not of zeros',
  );
  const stored = body.subarray(9, 9 + storedLength);
  demand(body[0] <= 1, 'the body is encoded in a way that is not known');
  const content = body[0] === 0 ? stored : inflateRawSync(stored, { maxOutputLength: contentLength });
  demand(content.length === contentLength, 'the content is not as long as it says');
  return content;
}

function paddedLength(length) {
  if (length <= 256) {
    return 256;
  }
  const exponent = 31 - Math.clz32(length);
  const step = 2 ** (exponent - (32 - Math.clz32(exponent)));
  return Math.ceil(length / step) * step;
}

function recordsOf(content) {
  const records = [];
  let at = 4;
  for (let left = content.readUInt32BE(0); left > 0; left--) {
    const end = at + 4 + content.readUInt32BE(at);
    demand(end <= content.length, 'a record reaches beyond the content');
    records.push(content.subarray(at + 4, end));
    at = end;
  }
  demand(at === content.length && records.length > 0, 'something stands behind the last record');
  return records;
}

/** Pairs from the left; whoever is without a neighbour rises as it is (RFC 6962). */
function topOf(nodes) {
  if (nodes.length === 1) {
    return nodes[0];
  }
  const above = [];
  for (let at = 0; at < nodes.length; at += 2) {
    above.push(at + 1 < nodes.length ? H('node', nodes[at], nodes[at + 1]) : nodes[at]);
  }
  return topOf(above);
}

function decrypt(ciphertext, additional, nonce, key) {
  try {
    return Buffer.from(sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(null, ciphertext, additional, nonce, key));
  } catch {
    throw new Error('the key of the epoch does not open it');
  }
}

function frame(label, ...parts) {
  const name = Buffer.from(`srcos/v1/${label}`, 'utf8');
  return Buffer.concat([Buffer.of(name.length), name, ...parts.flatMap((part) => [u32(part.length), part])]);
}

function H(label, ...parts) {
  return Buffer.from(sodium.crypto_generichash(32, frame(label, ...parts)));
}

function KH(key, label, ...parts) {
  return Buffer.from(sodium.crypto_generichash(32, frame(label, ...parts), key));
}

function u32(number) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
}

function u64(number) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(number);
  return bytes;
}

function equal(one, other) {
  return one.length === other.length && timingSafeEqual(one, other);
}

function shownHeader({ kind, sequence, epoch, logSequence }, batchId) {
  return { batchId: batchId.toString('base64url'), kind, sequence: Number(sequence), epoch, logSequence };
}

function demand(holds, sentence) {
  if (!holds) {
    throw new Error(sentence);
  }
}
