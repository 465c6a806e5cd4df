import type { Text } from '../lib/text.ts';

/** What to do about errors of SQL Server (`Msg n`, names of tedious) and Oracle (ORA-, NJS-), in the words of a DBA. */
const REMEDIES: Readonly<Record<string, Text>> = {
  // Oracle: login
  'NJS-116': {
    zh: '该用户只有 10G 口令校验值，驱动直连不支持：请 DBA 确认 sqlnet.ora 允许 11G 以上（SQLNET.ALLOWED_LOGON_VERSION_SERVER=11），再重设一次该用户的口令；或装 Instant Client 并设 connection.oracleClientDir',
    en: 'the user has a 10G password verifier only, which the driver by itself does not take: have the DBA allow 11G and later in sqlnet.ora (SQLNET.ALLOWED_LOGON_VERSION_SERVER=11) and set the password anew; or install Instant Client and set connection.oracleClientDir',
  },
  'ORA-01017': {
    zh: '用户名或口令不对；从 11g 起口令区分大小写',
    en: 'wrong user or password; from 11g on passwords are case sensitive',
  },
  'ORA-28000': {
    zh: '账号已锁：ALTER USER 用户 ACCOUNT UNLOCK',
    en: 'the account is locked: ALTER USER name ACCOUNT UNLOCK',
  },
  'ORA-28001': {
    zh: '口令已过期：请 DBA 重设，并给这个服务账号用口令不过期的 PROFILE',
    en: 'the password has expired: set it anew, and give this service account a PROFILE whose passwords do not expire',
  },
  'ORA-01045': {
    zh: '缺 CREATE SESSION 权限：请执行 schema/grants-oracle.sql',
    en: 'CREATE SESSION is missing: run schema/grants-oracle.sql',
  },
  // Oracle: connection
  'NJS-533': {
    zh: '服务器要求 Oracle 原生网络加密，驱动直连不支持：请装 Instant Client 并设 connection.oracleClientDir；或改用 TLS（connection.ssl）',
    en: 'the server wants native network encryption, which the driver by itself does not speak: install Instant Client and set connection.oracleClientDir, or use TLS (connection.ssl)',
  },
  'NJS-138': {
    zh: '驱动直连只支持 12.1 以上；更早的库请装 Instant Client 19 并设 connection.oracleClientDir，建表用 variant: oracle-11g',
    en: 'the driver by itself talks to 12.1 and later; for an older database install Instant Client 19, set connection.oracleClientDir, and variant: oracle-11g for its tables',
  },
  'NJS-100': {
    zh: '国家字符集是 UTF8 而不是 AL16UTF16，驱动直连读不了 NVARCHAR2：请装 Instant Client 并设 connection.oracleClientDir',
    en: 'the national character set is UTF8 and not AL16UTF16, and the driver by itself cannot read NVARCHAR2: install Instant Client and set connection.oracleClientDir',
  },
  'ORA-12660': {
    zh: '服务器与客户端的 sqlnet.ora 对原生网络加密的要求不合（一边 REQUIRED，一边 REJECTED 或没有共同的算法）：请核对两边的 SQLNET.ENCRYPTION_* 和 SQLNET.CRYPTO_CHECKSUM_*',
    en: 'server and client disagree about native network encryption (one REQUIRED, the other REJECTED, or no algorithm in common): compare SQLNET.ENCRYPTION_* and SQLNET.CRYPTO_CHECKSUM_* in sqlnet.ora of both',
  },
  'NJS-517': {
    zh: 'tnsnames.ora 里没有这个名称：请核对 connection.connectString',
    en: 'no such name in tnsnames.ora: check connection.connectString',
  },
  'NJS-518': {
    zh: '监听没有这个服务名：请用 lsnrctl status 核对 connection.database；只有 SID 的旧库写 sid:名称',
    en: 'the listener knows no such service: compare connection.database with lsnrctl status; where there is only a SID, write sid:NAME',
  },
  'NJS-519': {
    zh: '监听没有这个 SID：请用 lsnrctl status 核对 connection.database',
    en: 'the listener knows no such SID: compare connection.database with lsnrctl status',
  },
  'ORA-12514': {
    zh: '监听没有这个服务名：请用 lsnrctl status 核对 connection.database；只有 SID 的旧库写 sid:名称',
    en: 'the listener knows no such service: compare connection.database with lsnrctl status; where there is only a SID, write sid:NAME',
  },
  'ORA-12505': {
    zh: '监听没有这个 SID：请用 lsnrctl status 核对 connection.database',
    en: 'the listener knows no such SID: compare connection.database with lsnrctl status',
  },
  'DPI-1047': {
    zh: 'connection.oracleClientDir 里没有可用的 Instant Client（要 64 位、19 以上）；Linux 上还要在启动前执行 ldconfig 或设 LD_LIBRARY_PATH',
    en: 'connection.oracleClientDir has no usable Instant Client (64 bit, 19 or later); on Linux run ldconfig or set LD_LIBRARY_PATH before the start',
  },
  // Oracle: objects
  'ORA-00942': {
    zh: '没有这张表，或没有它的权限。表属于别的用户时写 database.schema，或给本用户建同义词',
    en: 'no such table, or no privilege on it. Where another user owns the tables, set database.schema or make synonyms',
  },
  'ORA-01031': {
    zh: '权限不足：请执行 schema/grants-oracle.sql',
    en: 'a privilege is missing: run schema/grants-oracle.sql',
  },
  'ORA-01502': {
    zh: '索引失效：ALTER INDEX 索引名 REBUILD',
    en: 'an index is unusable: ALTER INDEX name REBUILD',
  },
  'ORA-30554': {
    zh: '函数索引被停用：ALTER INDEX 索引名 ENABLE，或 REBUILD',
    en: 'a function-based index is disabled: ALTER INDEX name ENABLE, or REBUILD',
  },
  'ORA-04098': {
    zh: '表上有编译不过的触发器：ALTER TRIGGER 触发器名 COMPILE，看 USER_ERRORS',
    en: 'a trigger on the table does not compile: ALTER TRIGGER name COMPILE, and see USER_ERRORS',
  },
  'ORA-01653': { zh: '表空间满了：请 DBA 扩充', en: 'the tablespace is full: extend it' },
  'ORA-01654': { zh: '索引的表空间满了：请 DBA 扩充', en: "the index's tablespace is full: extend it" },
  'ORA-01536': {
    zh: '用户的表空间配额用完：ALTER USER 用户 QUOTA …',
    en: "the user's quota is used up: ALTER USER name QUOTA …",
  },
  'ORA-12704': {
    zh: '字符集不匹配：自由文本列应为 NVARCHAR2，其余为 VARCHAR2，请与 schema/oracle.sql 对照',
    en: 'character sets do not match: columns of free text are NVARCHAR2, all others VARCHAR2; compare with schema/oracle.sql',
  },
  // SQL Server: login and connection
  'Msg 18456': {
    zh: '登录名或口令不对，或服务器只允许 Windows 身份验证：核对服务器的“SQL Server 和 Windows 身份验证模式”；域账号写 connection.options.domain',
    en: 'wrong login or password, or the server takes Windows logins only: check its "SQL Server and Windows Authentication mode"; for a domain account set connection.options.domain',
  },
  'Msg 18452': {
    zh: '服务器只允许 Windows 身份验证：改为混合模式，或写 connection.options.domain 用域账号',
    en: 'the server takes Windows logins only: switch to mixed mode, or set connection.options.domain and use a domain account',
  },
  'Msg 18486': {
    zh: '登录名已锁：ALTER LOGIN 名称 WITH PASSWORD = … UNLOCK',
    en: 'the login is locked: ALTER LOGIN name WITH PASSWORD = … UNLOCK',
  },
  'Msg 18487': {
    zh: '口令已过期：请重设，并给服务账号设 CHECK_EXPIRATION = OFF',
    en: 'the password has expired: set it anew, with CHECK_EXPIRATION = OFF for a service account',
  },
  'Msg 4060': {
    zh: '库不存在，或该登录名在库里没有用户：请执行 schema/grants-mssql.sql',
    en: 'no such database, or the login has no user in it: run schema/grants-mssql.sql',
  },
  EINSTLOOKUP: {
    zh: '查不到命名实例的端口：请启动 SQL Server Browser 服务并放行 UDP 1434，或直接写 connection.port',
    en: 'the port of the named instance could not be found: start the SQL Server Browser service and let UDP 1434 through, or give connection.port',
  },
  'Msg 18470': {
    zh: '登录名被禁用：ALTER LOGIN 名称 ENABLE',
    en: 'the login is disabled: ALTER LOGIN name ENABLE',
  },
  EENCRYPT: {
    zh: '服务器要求加密：把 connection.ssl 写成 {}（或 { ca: … }）',
    en: 'the server demands encryption: set connection.ssl to {} (or { ca: … })',
  },
  // SQL Server: objects
  'Msg 1934': {
    zh: '表上有筛选索引、计算列索引或索引视图，而写入的会话 SET QUOTED_IDENTIFIER OFF 或 ARITHABORT OFF：删掉那个索引，或让会话设为 ON（sqlcmd 加 -I）',
    en: 'the table has a filtered index, an index on a computed column or an indexed view, and a session wrote with QUOTED_IDENTIFIER or ARITHABORT OFF: drop that index, or have the session set them ON (sqlcmd -I)',
  },
  'Msg 229': {
    zh: '权限不足：请执行 schema/grants-mssql.sql',
    en: 'a privilege is missing: run schema/grants-mssql.sql',
  },
  'Msg 468': {
    zh: '排序规则冲突：程序自用的列应为 Latin1_General_BIN2，请与 schema/mssql.sql 对照',
    en: "collations conflict: the program's own columns are Latin1_General_BIN2; compare with schema/mssql.sql",
  },
  'Msg 2715': {
    zh: '缺少类型 sms_mw_list：请运行 yxt-mw schema apply',
    en: 'the type sms_mw_list is missing: run yxt-mw schema apply',
  },
  'Msg 8622': {
    zh: '按主键查不到：主键或索引被改过，请运行 yxt-mw schema check',
    en: 'rows cannot be found by their key: a primary key or index was changed; run yxt-mw schema check',
  },
  'Msg 1105': { zh: '数据文件满了：请 DBA 扩充', en: "the database's files are full: extend them" },
  'Msg 9002': { zh: '事务日志满了：请 DBA 备份日志或扩充', en: 'the transaction log is full: back it up or extend it' },
};

const NO_ENCRYPTION: Text = {
  zh: '服务器不肯加密：请为 SQL Server 配置证书；只在隔离的内网才把 connection.ssl 写成 null',
  en: 'the server does not encrypt: give SQL Server a certificate; set connection.ssl to null in a closed network only',
};
const OLD_TLS: Text = {
  zh: '服务器只会旧的 TLS 或密钥太短：请给 SQL Server 打 TLS 1.2 补丁。实在不能升级（2008 R2）才写 connection.options.cryptoCredentialsDetails: { minVersion: TLSv1, ciphers: "DEFAULT@SECLEVEL=0" }，并只在隔离的内网使用',
  en: 'the server speaks old TLS only, or its key is too short: install the TLS 1.2 update of SQL Server. Only where that is impossible (2008 R2) set connection.options.cryptoCredentialsDetails: { minVersion: TLSv1, ciphers: "DEFAULT@SECLEVEL=0" }, in a closed network',
};
const OLD_TLS_ORACLE: Text = {
  zh: '服务器只会旧的 TLS：请在服务器的 sqlnet.ora 和 listener.ora 里允许 TLS 1.2（SSL_VERSION = 1.2）',
  en: 'the server speaks old TLS only: allow TLS 1.2 in its sqlnet.ora and listener.ora (SSL_VERSION = 1.2)',
};
const SELF_SIGNED: Text = {
  zh: '证书不是可信机构签发的：把签发者的证书写进 connection.ssl.ca；证书上的名称要与 connection.host 相同',
  en: 'the certificate is of no authority that is trusted: put the certificate of its issuer into connection.ssl.ca; the name on it must be connection.host',
};

/** What OpenSSL says of a server that cannot do what is asked of it; some old ones hang up in the handshake. */
const OLD =
  /unsupported protocol|alert protocol version|wrong version number|no protocols available|dh key too small|ee key too small|legacy sigalg|before secure TLS connection/i;
/** … and of a certificate that it does not trust, or that is somebody else's. */
const STRANGE =
  /self.signed certificate|unable to verify|unable to get (?:local )?issuer|does not match certificate|not present in certificate|DN in certificate does not match/i;

/** By the driver's code, else by one that its sentence names; null: nothing to add. */
export function remedyOf(name: string, said: string): Text | null {
  const named = REMEDIES[name];
  if (name === 'EENCRYPT' && /did not negotiate encryption/i.test(said)) return NO_ENCRYPTION;
  if (named !== undefined) return named;
  for (const [code] of said.matchAll(/\b(?:ORA|NJS|DPI)-\d+/g)) if (REMEDIES[code]) return REMEDIES[code];
  if (name !== 'ESOCKET' && !/^(NJS|ORA)-/.test(name)) return null;
  if (OLD.test(said)) return name === 'ESOCKET' ? OLD_TLS : OLD_TLS_ORACLE;
  return STRANGE.test(said) ? SELF_SIGNED : null;
}
