import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ConfigError } from '../lib/errors.ts';
import type { Text } from '../lib/text.ts';

/** Beside the configuration; holds nothing that can be read without the key. */
export const SECRETS_FILE = 'secrets.json';
/** Beside it, for its owner alone; the name of systemd's credential as well. */
export const KEY_FILE = 'yxt-mw.key';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
export const SECRET_NAME = /^[A-Za-z][\w.-]{0,63}$/;

/** Where a configuration's secrets are kept. */
export interface SecretPlace {
  readonly configFile: string;
  readonly env: NodeJS.ProcessEnv;
}

interface Sealed {
  readonly iv: string;
  readonly tag: string;
  readonly data: string;
}

type Vault = Readonly<Record<string, Sealed>>;

/** `${secret:NAME}`. @throws ConfigError: there is no such secret, no key, or the key is another one */
export function readSecret(place: SecretPlace, name: string): string {
  const sealed = vaultOf(place)[name];
  if (sealed === undefined) {
    throw fault(
      `没有密文 ${name}：请运行 yxt-mw secret set ${name}`,
      `there is no secret ${name}: run yxt-mw secret set ${name}`,
    );
  }
  return opened(keyOf(place) ?? noKey(place), name, sealed);
}

/** Names of what is kept. @throws ConfigError */
export const secretNames = (place: SecretPlace): string[] => Object.keys(vaultOf(place)).sort();

/** Keeps it under the name, in place of what was there; makes a key where there is none yet. Returns the key's file if it was made. @throws ConfigError */
export function writeSecret(place: SecretPlace, name: string, value: string): string | null {
  const vault = vaultOf(place);
  const known = keyOf(place);
  // a second key would leave those under the first one unreadable
  if (known === null && Object.keys(vault).length > 0) noKey(place);
  const key = known ?? randomBytes(KEY_BYTES);
  const path = join(dirname(place.configFile), KEY_FILE);
  if (known === null) writePrivate(place, path, `${key.toString('base64')}\n`);
  const iv = randomBytes(12);
  const cipher = createCipheriv(ALGORITHM, key, iv);
  cipher.setAAD(Buffer.from(name));
  const data = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  const sealed = { iv: base64(iv), tag: base64(cipher.getAuthTag()), data: base64(data) };
  store(place, { ...vault, [name]: sealed });
  return known === null ? path : null;
}

/** False: there was none. @throws ConfigError */
export function removeSecret(place: SecretPlace, name: string): boolean {
  const { [name]: gone, ...rest } = vaultOf(place);
  if (gone === undefined) return false;
  store(place, rest);
  return true;
}

const base64 = (bytes: Buffer): string => bytes.toString('base64');

const vaultFile = ({ configFile }: SecretPlace): string => join(dirname(configFile), SECRETS_FILE);

function store(place: SecretPlace, vault: Vault): void {
  writePrivate(place, vaultFile(place), `${JSON.stringify({ version: 1, secrets: vault }, null, 2)}\n`);
}

function vaultOf(place: SecretPlace): Vault {
  const file = vaultFile(place);
  if (!existsSync(file)) return {};
  try {
    const { version, secrets } = JSON.parse(readFileSync(file, 'utf8')) as { version?: unknown; secrets?: Vault };
    // names are the admin's: none of them may mean what every object has
    if (version === 1 && secrets !== undefined) return Object.assign(Object.create(null) as Vault, secrets);
  } catch (error) {
    throw fault(`读不了 ${file}`, `cannot read ${file}`, error);
  }
  throw fault(`${file} 不是本版本写的`, `${file} was not written by this version`);
}

function opened(key: Buffer, name: string, { iv, tag, data }: Sealed): string {
  try {
    const decipher = createDecipheriv(ALGORITHM, key, Buffer.from(iv, 'base64'));
    decipher.setAAD(Buffer.from(name));
    decipher.setAuthTag(Buffer.from(tag, 'base64'));
    return Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()]).toString('utf8');
  } catch (error) {
    throw fault(
      `密文 ${name} 解不开：密钥不是写入时的那一把，或文件被改过。请重新 yxt-mw secret set ${name}`,
      `the secret ${name} cannot be opened: the key is not the one it was written with, or the file was changed. Run yxt-mw secret set ${name} again`,
      error,
    );
  }
}

/** systemd's credential, else the file beside the configuration; null: neither is there. */
function keyOf({ configFile, env }: SecretPlace): Buffer | null {
  const credentials = env['CREDENTIALS_DIRECTORY'];
  const places = [...(credentials ? [join(credentials, KEY_FILE)] : []), join(dirname(configFile), KEY_FILE)];
  const file = places.find((each) => existsSync(each));
  if (file === undefined) return null;
  const own = file === places.at(-1);
  if (own && process.platform !== 'win32' && isOpenToOthers(file)) {
    throw fault(
      `其他用户能读密钥 ${file}：请执行 chmod 600 ${file}`,
      `other users can read the key ${file}: chmod 600 ${file}`,
    );
  }
  let key: Buffer;
  try {
    key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  } catch (error) {
    throw fault(
      `读不了密钥 ${file}：它应属于运行本程序的用户`,
      `cannot read the key ${file}: it should belong to the user that runs this program`,
      error,
    );
  }
  if (key.length === KEY_BYTES) return key;
  throw fault(`${file} 不是密钥：应为 32 字节的 base64`, `${file} is not a key: it should be 32 bytes in base64`);
}

function noKey({ configFile }: SecretPlace): never {
  const file = join(dirname(configFile), KEY_FILE);
  throw fault(
    `没有密钥 ${file}，也没有 systemd 凭据 ${KEY_FILE}：密钥在别的目录时设 CREDENTIALS_DIRECTORY=该目录；丢了就恢复它，或删去 ${SECRETS_FILE} 后重新 yxt-mw secret set`,
    `the key ${file} is not there, nor systemd's credential ${KEY_FILE}: where it lies in another folder, set CREDENTIALS_DIRECTORY to that; where it is lost, restore it, or delete ${SECRETS_FILE} and run yxt-mw secret set again`,
  );
}

/** A group may read what root owns and has given it, and nobody else may. */
function isOpenToOthers(file: string): boolean {
  const { mode, uid } = statSync(file);
  return (mode & (uid === 0 ? 0o037 : 0o077)) !== 0;
}

/** Key and vault beside this configuration, those that are there. */
export const secretFiles = (configFile: string): string[] =>
  [KEY_FILE, SECRETS_FILE].map((name) => join(dirname(configFile), name)).filter((file) => existsSync(file));

/** Whole or not at all, for its owner alone; made by root, whoever has the configuration may read it: its owner, or root's group for it. */
function writePrivate({ configFile }: SecretPlace, path: string, text: string): void {
  const fresh = `${path}.${process.pid}.new`;
  try {
    const file = openSync(fresh, 'wx', 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    if (process.getuid?.() === 0) {
      const { uid, gid } = statSync(configFile);
      chownSync(fresh, uid, gid);
      if (uid === 0 && gid !== 0) chmodSync(fresh, 0o640);
    }
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw fault(`写不了 ${path}`, `cannot write ${path}`, error);
  }
}

const fault = (zh: string, en: string, cause?: unknown): ConfigError =>
  new ConfigError('config', { zh, en } satisfies Text, { cause });
