import assert from 'node:assert/strict';
import { linesOf } from '../../src/cli/doctor.ts';
import { tableDdl } from '../../src/db/ddl.ts';
import type { DatabaseOptions } from '../../src/db/options.ts';
import { failed, type Patient } from '../../src/doctor/check.ts';
import { database } from '../../src/doctor/checks/database.ts';
import { durability } from '../../src/doctor/checks/durability.ts';
import { schema } from '../../src/doctor/checks/schema.ts';
import { unseen } from '../../src/doctor/checks/unseen.ts';
import { driverError, fakeTedious, serverError } from '../support/fake-tedious.ts';
import { fakeOracledb, oracleError } from '../support/fake-oracledb.ts';

const SERVER = { host: 'db1', user: 'yxt', password: 'secret-word', database: 'sms' };

/** How the catalog of a healthy database differs, and what the server says to logins and to reads of the outbox. */
interface Fault {
  readonly login?: Error | readonly { readonly number: number; readonly message: string }[];
  /** On any read of sms_outbox. */
  readonly outbox?: Error;
  readonly lacks?: string;
  readonly unusable?: string;
  readonly noType?: boolean;
  readonly rcsi?: boolean;
}

type Row = Record<string, unknown>;

const optionsOf = (client: 'mssql' | 'oracle'): DatabaseOptions => ({
  client,
  connection: SERVER,
  schema: null,
  tables: {},
});
const TABLES = { mssql: tableDdl(optionsOf('mssql')), oracle: tableDdl(optionsOf('oracle')) };

/** What the dictionaries of both are asked, told apart by the words of the question. */
function catalog(client: 'mssql' | 'oracle', text: string, values: readonly unknown[], fault: Fault): Row[] {
  const tables = TABLES[client];
  const named = values.map((value) => String(value).toLowerCase());
  const table = tables.find(({ name }) => named.includes(name));
  const indexes = (table?.indexes ?? []).map(({ name }) => ({ name }));
  const idle = /is_disabled = 1|status = 'UNUSABLE'/.test(text);
  if (/sys\.indexes|all_indexes/.test(text)) return indexes.filter(({ name }) => (name === fault.unusable) === idle);
  if (/sys\.columns|all_tab_cols/.test(text))
    return (table?.columns ?? []).map(({ name }) => ({ name, has_default: 1, length: null, nullable: 1 }));
  if (/HAS_PERMS|all_tab_privs/.test(text))
    return [{ granted: table?.name === 'sms_outbox' && values.includes(fault.lacks) ? 0 : 1 }];
  if (/table_types/.test(text)) return [{ granted: fault.noType === true ? 0 : 1 }];
  if (/user_tables/.test(text)) return [{ owner: 'YXT', name: named[0]?.toUpperCase() }];
  if (/ServerProperty/i.test(text)) return [{ version: '15.0.4', banner: 'Microsoft SQL Server 2019 (RTM)' }];
  if (/product_component_version/.test(text)) return [{ version: 'Oracle Database 19c Enterprise Edition 19.0.0.0.0' }];
  if (/is_read_committed/.test(text))
    return [{ rcsi: fault.rcsi ?? true, level: 150, closes: false, collation: 'Chinese_PRC_CI_AS' }];
  if (/delayed_durability/.test(text)) return [{ value: 'DISABLED' }];
  return [];
}

function patientOf(client: 'mssql' | 'oracle', fault: Fault): Patient {
  const outbox = (text: string): Error | undefined => (/FROM sms_outbox\b/.test(text) ? fault.outbox : undefined);
  const upper = (row: Row): Row =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name.toUpperCase(), value]));
  const drivers: DatabaseOptions['drivers'] = {
    mssql: () =>
      Promise.resolve(
        fakeTedious(({ text, parameters }) => {
          const error = outbox(text);
          if (error) return { error };
          const values = parameters.map(({ value }) => value);
          return { rows: catalog(client, text, values, fault) };
        }, fault.login).driver,
      ),
    oracle: () =>
      Promise.resolve(
        fakeOracledb(
          ({ text, binds }) =>
            outbox(text) ?? { rowsAffected: 0, rows: catalog(client, text, binds, fault).map(upper) },
          fault.login instanceof Error ? fault.login : undefined,
        ).driver,
      ),
  };
  return {
    config: { database: { ...optionsOf(client), drivers } },
    database: null,
    schemaUsable: false,
  } as unknown as Patient;
}

/** Every line of the checks of the database that is not ok, as `doctor` prints it. */
async function linesFor(client: 'mssql' | 'oracle', fault: Fault, locale: 'zh-CN' | 'en'): Promise<string[]> {
  const patient = patientOf(client, fault);
  const lines: string[] = [];
  for (const check of [database, schema, unseen, durability]) {
    const found = await check.run(patient).catch((error: unknown) => [failed(error)]);
    for (const each of found)
      if (each.level === 'fail' || each.level === 'warn')
        lines.push(...linesOf({ locale }, { ...each, check: check.name }));
  }
  await patient.database?.close();
  return lines;
}

const help = (code: string): string => `\nHelp: https://docs.oracle.com/error-help/db/${code.toLowerCase()}/`;

const FAULTS: readonly [client: 'mssql' | 'oracle', what: string, Fault, zh: string[], en: string[]][] = [
  [
    'oracle',
    'wrong password',
    { login: oracleError('ORA-01017', `invalid username/password; logon denied${help('ORA-01017')}`) },
    [
      '失败  数据库      数据库拒绝登录或权限不足，请核对账号与授权脚本：ORA-01017 invalid username/password; logon denied。用户名或口令不对；从 11g 起口令区分大小写',
    ],
    [
      'FAIL  database      The database refused the login or a privilege; check the account and the grants script: ORA-01017 invalid username/password; logon denied. Wrong user or password; from 11g on passwords are case sensitive',
    ],
  ],
  [
    'oracle',
    '10G verifier',
    { login: oracleError('NJS-116', 'password verifier type 0x939 is not supported by node-oracledb in Thin mode') },
    [
      '失败  数据库      数据库拒绝登录或权限不足，请核对账号与授权脚本：NJS-116 password verifier type 0x939 is not supported by node-oracledb in Thin mode。该用户只有 10G 口令校验值，驱动直连不支持：请 DBA 确认 sqlnet.ora 允许 11G 以上（SQLNET.ALLOWED_LOGON_VERSION_SERVER=11），再重设一次该用户的口令；或装 Instant Client 并设 connection.oracleClientDir',
    ],
    [
      'FAIL  database      The database refused the login or a privilege; check the account and the grants script: NJS-116 password verifier type 0x939 is not supported by node-oracledb in Thin mode. The user has a 10G password verifier only, which the driver by itself does not take: have the DBA allow 11G and later in sqlnet.ora (SQLNET.ALLOWED_LOGON_VERSION_SERVER=11) and set the password anew; or install Instant Client and set connection.oracleClientDir',
    ],
  ],
  [
    'oracle',
    'native network encryption',
    {
      login: oracleError(
        'NJS-533',
        `Advanced Networking Option service negotiation failed. Native Network Encryption and DataIntegrity only supported in node-oracledb thick mode.\nCause: ORA-12660${help('ORA-12660')}`,
      ),
    },
    [
      '失败  数据库      数据库连不上或连接已断：NJS-533 Advanced Networking Option service negotiation failed. Native Network Encryption and DataIntegrity only supported in node-oracledb thick mode. Cause: ORA-12660。服务器要求 Oracle 原生网络加密，驱动直连不支持：请装 Instant Client 并设 connection.oracleClientDir；或改用 TLS（connection.ssl）',
    ],
    [
      'FAIL  database      The database cannot be reached, or the connection broke: NJS-533 Advanced Networking Option service negotiation failed. Native Network Encryption and DataIntegrity only supported in node-oracledb thick mode. Cause: ORA-12660. The server wants native network encryption, which the driver by itself does not speak: install Instant Client and set connection.oracleClientDir, or use TLS (connection.ssl)',
    ],
  ],
  [
    'oracle',
    'native network encryption, with Instant Client',
    { login: oracleError('ORA-12660', 'Encryption or crypto-checksumming parameters incompatible') },
    [
      '失败  数据库      数据库连不上或连接已断：ORA-12660 Encryption or crypto-checksumming parameters incompatible。服务器与客户端的 sqlnet.ora 对原生网络加密的要求不合（一边 REQUIRED，一边 REJECTED 或没有共同的算法）：请核对两边的 SQLNET.ENCRYPTION_* 和 SQLNET.CRYPTO_CHECKSUM_*',
    ],
    [
      'FAIL  database      The database cannot be reached, or the connection broke: ORA-12660 Encryption or crypto-checksumming parameters incompatible. Server and client disagree about native network encryption (one REQUIRED, the other REJECTED, or no algorithm in common): compare SQLNET.ENCRYPTION_* and SQLNET.CRYPTO_CHECKSUM_* in sqlnet.ora of both',
    ],
  ],
  [
    'oracle',
    'service unknown to the listener',
    {
      login: oracleError(
        'NJS-518',
        'cannot connect to Oracle Database. Service "sms" is not registered with the listener at host db1 port 1521. (CONNECTION_ID=vtZwR4E50wXbFY62kaBU6A==)',
      ),
    },
    [
      '失败  数据库      数据库连不上或连接已断：NJS-518 cannot connect to Oracle Database. Service "sms" is not registered with the listener at host db1 port 1521。监听没有这个服务名：请用 lsnrctl status 核对 connection.database；只有 SID 的旧库写 sid:名称',
    ],
    [
      'FAIL  database      The database cannot be reached, or the connection broke: NJS-518 cannot connect to Oracle Database. Service "sms" is not registered with the listener at host db1 port 1521. The listener knows no such service: compare connection.database with lsnrctl status; where there is only a SID, write sid:NAME',
    ],
  ],
  [
    'oracle',
    'certificate of an unknown authority',
    {
      login: oracleError(
        'NJS-506',
        'connection to host db1 port 2484 encountered TLS handshake failure. (CONNECTION_ID=vtZwR4E50wXbFY62kaBU6A==)\nself-signed certificate in certificate chain',
      ),
    },
    [
      '失败  数据库      与数据库的 TLS 连接没有建立，请核对 database.connection.ssl 与数据库的证书（签发者、主机名）：NJS-506 connection to host db1 port 2484 encountered TLS handshake failure. self-signed certificate in certificate chain。证书不是可信机构签发的：把签发者的证书写进 connection.ssl.ca；证书上的名称要与 connection.host 相同',
    ],
    [
      "FAIL  database      TLS with the database could not be set up; check database.connection.ssl and the database's certificate (authority, host name): NJS-506 connection to host db1 port 2484 encountered TLS handshake failure. self-signed certificate in certificate chain. The certificate is of no authority that is trusted: put the certificate of its issuer into connection.ssl.ca; the name on it must be connection.host",
    ],
  ],
  [
    'oracle',
    'missing privilege',
    { lacks: 'UPDATE' },
    ['失败  表结构      本用户对表 sms_outbox 没有 UPDATE 权限，请执行授权脚本'],
    ['FAIL  schema        this user lacks UPDATE on sms_outbox; run the grants script'],
  ],
  [
    'oracle',
    'table that cannot be seen',
    { outbox: oracleError('ORA-00942', `table or view does not exist${help('ORA-00942')}`) },
    [
      '失败  发件表      数据库里缺少本程序要用的表或列，请运行 yxt-mw schema check：ORA-00942 table or view does not exist。没有这张表，或没有它的权限。表属于别的用户时写 database.schema，或给本用户建同义词',
    ],
    [
      'FAIL  outbox        A table or column that this program needs is missing; run yxt-mw schema check: ORA-00942 table or view does not exist. No such table, or no privilege on it. Where another user owns the tables, set database.schema or make synonyms',
    ],
  ],
  [
    'oracle',
    'statement refused',
    { outbox: oracleError('ORA-01031', `insufficient privileges${help('ORA-01031')}`) },
    [
      '失败  发件表      数据库拒绝登录或权限不足，请核对账号与授权脚本：ORA-01031 insufficient privileges。权限不足：请执行 schema/grants-oracle.sql',
    ],
    [
      'FAIL  outbox        The database refused the login or a privilege; check the account and the grants script: ORA-01031 insufficient privileges. A privilege is missing: run schema/grants-oracle.sql',
    ],
  ],
  [
    'oracle',
    'unusable index',
    { unusable: 'sms_outbox_ix_claim' },
    [
      '失败  表结构      表 sms_outbox 的索引 sms_outbox_ix_claim 已失效，请 DBA 执行 ALTER INDEX sms_outbox_ix_claim REBUILD',
    ],
    [
      'FAIL  schema        the index sms_outbox_ix_claim of sms_outbox is unusable; have the DBA run ALTER INDEX sms_outbox_ix_claim REBUILD',
    ],
  ],
  [
    'oracle',
    'unusable index met by a statement',
    {
      outbox: oracleError(
        'ORA-01502',
        `index 'YXT.SMS_OUTBOX_IX_CLAIM' or partition of such index is in unusable state${help('ORA-01502')}`,
      ),
    },
    ['失败  发件表      数据库报错：ORA-01502。索引失效：ALTER INDEX 索引名 REBUILD'],
    ['FAIL  outbox        The database reported an error: ORA-01502. An index is unusable: ALTER INDEX name REBUILD'],
  ],
  [
    'mssql',
    'wrong password',
    { login: [{ number: 18456, message: "Login failed for user 'yxt'." }] },
    [
      "失败  数据库      数据库拒绝登录或权限不足，请核对账号与授权脚本：Msg 18456 Login failed for user 'yxt'。登录名或口令不对，或服务器只允许 Windows 身份验证：核对服务器的“SQL Server 和 Windows 身份验证模式”；域账号写 connection.options.domain",
    ],
    [
      'FAIL  database      The database refused the login or a privilege; check the account and the grants script: Msg 18456 Login failed for user \'yxt\'. Wrong login or password, or the server takes Windows logins only: check its "SQL Server and Windows Authentication mode"; for a domain account set connection.options.domain',
    ],
  ],
  [
    'mssql',
    'wrong database',
    {
      login: [
        { number: 4060, message: 'Cannot open database "sms" requested by the login. The login failed.' },
        { number: 18456, message: "Login failed for user 'yxt'." },
      ],
    },
    [
      '失败  数据库      数据库拒绝登录或权限不足，请核对账号与授权脚本：Msg 4060 Cannot open database "sms" requested by the login. The login failed。库不存在，或该登录名在库里没有用户：请执行 schema/grants-mssql.sql',
    ],
    [
      'FAIL  database      The database refused the login or a privilege; check the account and the grants script: Msg 4060 Cannot open database "sms" requested by the login. The login failed. No such database, or the login has no user in it: run schema/grants-mssql.sql',
    ],
  ],
  [
    'mssql',
    'certificate of an unknown authority',
    { login: driverError('ESOCKET', 'Failed to connect to db1:1433 - self-signed certificate') },
    [
      '失败  数据库      与数据库的 TLS 连接没有建立，请核对 database.connection.ssl 与数据库的证书（签发者、主机名）：ESOCKET Failed to connect to db1:1433: self-signed certificate。证书不是可信机构签发的：把签发者的证书写进 connection.ssl.ca；证书上的名称要与 connection.host 相同',
    ],
    [
      "FAIL  database      TLS with the database could not be set up; check database.connection.ssl and the database's certificate (authority, host name): ESOCKET Failed to connect to db1:1433: self-signed certificate. The certificate is of no authority that is trusted: put the certificate of its issuer into connection.ssl.ca; the name on it must be connection.host",
    ],
  ],
  [
    'mssql',
    'old server that knows no TLS 1.2',
    {
      login: driverError(
        'ESOCKET',
        'Failed to connect to db1:1433 - 0020C13A967F0000:error:0A000102:SSL routines:ssl_choose_client_version:unsupported protocol:../deps/openssl/openssl/ssl/statem/statem_lib.c:2042:\n',
      ),
    },
    [
      '失败  数据库      与数据库的 TLS 连接没有建立，请核对 database.connection.ssl 与数据库的证书（签发者、主机名）：ESOCKET Failed to connect to db1:1433: SSL routines: unsupported protocol。服务器只会旧的 TLS 或密钥太短：请给 SQL Server 打 TLS 1.2 补丁。实在不能升级（2008 R2）才写 connection.options.cryptoCredentialsDetails: { minVersion: TLSv1, ciphers: "DEFAULT@SECLEVEL=0" }，并只在隔离的内网使用',
    ],
    [
      'FAIL  database      TLS with the database could not be set up; check database.connection.ssl and the database\'s certificate (authority, host name): ESOCKET Failed to connect to db1:1433: SSL routines: unsupported protocol. The server speaks old TLS only, or its key is too short: install the TLS 1.2 update of SQL Server. Only where that is impossible (2008 R2) set connection.options.cryptoCredentialsDetails: { minVersion: TLSv1, ciphers: "DEFAULT@SECLEVEL=0" }, in a closed network',
    ],
  ],
  [
    'mssql',
    'encryption demanded',
    { login: driverError('EENCRYPT', "Server requires encryption, set 'encrypt' config option to `true`.") },
    [
      "失败  数据库      数据库连不上或连接已断：EENCRYPT Server requires encryption, set 'encrypt' config option to `true`。服务器要求加密：把 connection.ssl 写成 {}（或 { ca: … }）",
    ],
    [
      "FAIL  database      The database cannot be reached, or the connection broke: EENCRYPT Server requires encryption, set 'encrypt' config option to `true`. The server demands encryption: set connection.ssl to {} (or { ca: … })",
    ],
  ],
  [
    'mssql',
    'host that does not answer',
    { login: driverError('ETIMEOUT', 'Failed to connect to db1:1433 in 10000ms') },
    [
      '失败  数据库      数据库连不上或连接已断：ETIMEOUT Failed to connect to db1:1433 in 10000ms',
      '                  → 请看数据库是否在运行，核对 database.connection 的主机、端口和文件，以及防火墙。',
    ],
    [
      'FAIL  database      The database cannot be reached, or the connection broke: ETIMEOUT Failed to connect to db1:1433 in 10000ms',
      '                    → See whether the database is running; check host, port or file in database.connection, and the firewall.',
    ],
  ],
  [
    'mssql',
    'no READ_COMMITTED_SNAPSHOT',
    { rcsi: false },
    [
      '注意  落盘设置    read_committed_snapshot=OFF',
      '                  → 读会等别人未提交的修改。建议由 DBA 在空闲时执行 ALTER DATABASE 库名 SET READ_COMMITTED_SNAPSHOT ON；不改也能用，只是遇到长事务会慢',
    ],
    [
      'warn  durability    read_committed_snapshot=OFF',
      "                    → reads wait for other sessions' uncommitted changes. Have the DBA run ALTER DATABASE name SET READ_COMMITTED_SNAPSHOT ON at a quiet time; it works without, but is slow beside long transactions",
    ],
  ],
  [
    'mssql',
    'missing privilege',
    { lacks: 'UPDATE' },
    ['失败  表结构      本用户对表 sms_outbox 没有 UPDATE 权限，请执行授权脚本'],
    ['FAIL  schema        this user lacks UPDATE on sms_outbox; run the grants script'],
  ],
  [
    'mssql',
    'no type for lists, or none that one may see',
    { noType: true },
    [
      '失败  表结构      没有类型 sms_mw_list，或本用户没有它的 EXECUTE 权限：请运行 yxt-mw schema apply，再执行授权脚本',
    ],
    [
      'FAIL  schema        there is no type sms_mw_list, or this user lacks EXECUTE on it: run yxt-mw schema apply, then the grants script',
    ],
  ],
  [
    'mssql',
    'permission denied to a statement',
    {
      outbox: serverError(
        229,
        "The SELECT permission was denied on the object 'sms_outbox', database 'sms', schema 'dbo'.",
      ),
    },
    [
      "失败  发件表      数据库拒绝登录或权限不足，请核对账号与授权脚本：Msg 229 The SELECT permission was denied on the object 'sms_outbox', database 'sms', schema 'dbo'。权限不足：请执行 schema/grants-mssql.sql",
    ],
    [
      "FAIL  outbox        The database refused the login or a privilege; check the account and the grants script: Msg 229 The SELECT permission was denied on the object 'sms_outbox', database 'sms', schema 'dbo'. A privilege is missing: run schema/grants-mssql.sql",
    ],
  ],
  [
    'mssql',
    'disabled index',
    { unusable: 'sms_outbox_ix_claim' },
    [
      '失败  表结构      表 sms_outbox 的索引 sms_outbox_ix_claim 已失效，请 DBA 执行 ALTER INDEX sms_outbox_ix_claim ON sms_outbox REBUILD',
    ],
    [
      'FAIL  schema        the index sms_outbox_ix_claim of sms_outbox is unusable; have the DBA run ALTER INDEX sms_outbox_ix_claim ON sms_outbox REBUILD',
    ],
  ],
];

/** Fakes of the drivers' API: no server was asked. The words are those of the drivers' sources and the vendors' messages. */
describe('what doctor prints of typical faults of SQL Server and Oracle', () => {
  for (const client of ['mssql', 'oracle'] as const) {
    it(`nothing of a healthy ${client}`, async () => assert.deepEqual(await linesFor(client, {}, 'en'), []));
  }
  for (const [client, what, fault, zh, en] of FAULTS) {
    it(`${client}: ${what}`, async () => {
      assert.deepEqual(await linesFor(client, fault, 'zh-CN'), zh);
      assert.deepEqual(await linesFor(client, fault, 'en'), en);
    });
  }
});
