// Tokens that must not count, in the families of RFC 8725. usage: node forge.mjs < WORLD > FORGED
// WORLD: what an attacker may have seen (tokens of several kinds, the JWKS), and what nobody but the issuer has (the
// seeds of its keys), for tokens whose signature is right and whose words are wrong.
// FORGED: a JSON line each: {family, name, token (base64), control}; the control is a good token, signed the same way.
import crypto from 'node:crypto'
import { createInterface } from 'node:readline'

const b64 = bytes => Buffer.from(bytes).toString('base64url')
const PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')  // PKCS #8 of an Ed25519 seed
export const keyOf = seed =>
  crypto.createPrivateKey({ key: Buffer.concat([PREFIX, Buffer.from(seed, 'base64')]), format: 'der', type: 'pkcs8' })

export function forge(world) {
  const out = []
  const [h, p, s] = world.token.split('.')
  const header = JSON.parse(Buffer.from(h, 'base64url')), claims = JSON.parse(Buffer.from(p, 'base64url'))
  const key = keyOf(world.seed), next = keyOf(world.nextSeed)
  const x = world.jwks.keys.find(k => k.kid === header.kid).x, point = Buffer.from(x, 'base64url')
  const spki = crypto.createPublicKey(key)
  const own = crypto.generateKeyPairSync('ed25519')  // the attacker's
  const ownJwk = own.publicKey.export({ format: 'jwk' })
  const ownKid = b64(crypto.createHash('sha256').update(`{"crv":"Ed25519","kty":"OKP","x":"${ownJwk.x}"}`).digest())
  const rsa = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }), ec = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' })

  const ed = (text, by = key) => crypto.sign(null, Buffer.from(text), by)
  // Parts are texts, bytes or objects; the signature is right for what stands there.
  const bytes = v => Buffer.isBuffer(v) ? v : Buffer.from(typeof v === 'string' ? v : JSON.stringify(v))
  const signed = (hdr, body, by = key) => {
    const text = `${b64(bytes(hdr))}.${b64(bytes(body))}`
    return `${text}.${b64(ed(text, by))}`
  }
  const resigned = signed(header, claims)
  let family = '', control = world.token
  const begin = (name, good = world.token) => { family = name; control = good }
  const put = (name, token) => out.push({ family, name, control,
    token: (Buffer.isBuffer(token) ? token : Buffer.from(token)).toString('base64') })
  const head = (name, change, by) => put(name, signed({ ...header, ...change }, claims, by))
  const body = (name, change, of = claims) => put(name, signed(header, { ...of, ...change }))
  const without = (name, member, of = claims) => { const c = { ...of }; delete c[member]; put(name, signed(header, c)) }
  const now = Math.floor(Date.now() / 1000)

  begin('alg none')
  for (const alg of ['none', 'None', 'NONE', 'nOnE', 'none ', '']) {
    const hp = `${b64(JSON.stringify({ ...header, alg }))}.${p}`
    put(`${alg} unsigned`, hp + '.'); put(`${alg} with the signature`, `${hp}.${s}`)
  }
  begin('alg none, signed', resigned)
  head('none, signed', { alg: 'none' })
  for (const alg of [null, 0, '', ['EdDSA'], { alg: 'EdDSA' }, true]) head(`alg ${JSON.stringify(alg)}`, { alg })
  put('no alg', signed({ typ: header.typ, kid: header.kid }, claims))

  begin('HMAC by the public key')
  const secrets = { raw: point, x, jwk: JSON.stringify(world.jwks.keys[0]), jwks: JSON.stringify(world.jwks), empty: '',
                    pem: spki.export({ format: 'pem', type: 'spki' }), der: spki.export({ format: 'der', type: 'spki' }) }
  for (const [name, secret] of Object.entries(secrets))
    for (const [alg, hash] of [['HS256', 'sha256'], ['HS512', 'sha512']]) {
      const hp = `${b64(JSON.stringify({ ...header, alg }))}.${p}`
      put(`${alg} ${name}`, `${hp}.${b64(crypto.createHmac(hash, secret).update(hp).digest())}`)
    }

  begin('another algorithm', resigned)
  for (const alg of ['RS256', 'ES256', 'ES384', 'PS256', 'ES256K', 'HS256', 'Ed448', 'eddsa', 'EDDSA', 'ed25519', 'EdDSA ', 'EdDSA\0', 'EdDSA,none'])
    head(`${alg}, our signature`, { alg })
  for (const [alg, sign] of [['RS256', t => crypto.sign('sha256', t, rsa.privateKey)],
                             ['ES256', t => crypto.sign('sha256', t, { key: ec.privateKey, dsaEncoding: 'ieee-p1363' })]]) {
    const hp = `${b64(JSON.stringify({ ...header, alg }))}.${p}`
    put(`${alg}, their key`, `${hp}.${b64(sign(Buffer.from(hp)))}`)
  }

  begin('kid', resigned)
  for (const kid of ['', null, 7, [header.kid], '../../../../dev/null', '/etc/passwd', '.', "' OR '1'='1", "x' UNION SELECT x FROM key --",
                     header.kid + '\0', header.kid.toLowerCase(), header.kid.slice(0, -1), header.kid + 'A', ' ' + header.kid,
                     'k'.repeat(3000), 'key:token-1', ownKid, world.nextKid])
    head(`kid ${JSON.stringify(kid)}`.slice(0, 60), { kid })
  put('no kid', signed({ alg: header.alg, typ: header.typ }, claims))
  head('our kid, the attacker signs', {}, own.privateKey)
  head('our kid, our next key signs', {}, next)

  begin('a key that the token brings', resigned)
  for (const [name, change] of [['jwk', { jwk: ownJwk }], ['jku', { jku: 'https://127.0.0.1:9/jwks.json' }], ['x5u', { x5u: 'https://127.0.0.1:9/c' }],
                                ['x5c', { x5c: [b64(point)] }], ['x5t', { x5t: b64(point).slice(0, 27) }], ['x5t#S256', { 'x5t#S256': x }],
                                ['epk', { epk: ownJwk }]]) {
    head(`${name}, the attacker signs`, change, own.privateKey)
    head(`${name} and its kid, the attacker signs`, { ...change, kid: ownKid }, own.privateKey)
    head(`${name}, our signature`, change)
  }
  head('our own jwk', { jwk: world.jwks.keys.find(k => k.kid === header.kid) })

  begin('crit and other members', resigned)
  for (const [name, change] of Object.entries({ 'crit exp': { crit: ['exp'] }, 'crit empty': { crit: [] }, 'crit unknown': { crit: ['x'], x: 1 },
      'b64 false': { b64: false, crit: ['b64'] }, 'b64 true': { b64: true, crit: ['b64'] }, 'b64 alone': { b64: false },
      zip: { zip: 'DEF' }, enc: { enc: 'A256GCM' }, cty: { cty: 'JWT' }, unknown: { foo: 1 }, iss: { iss: claims.iss }, proto: { ['__proto__x']: 1 } }))
    head(name, change)
  { const h2 = b64(JSON.stringify({ ...header, b64: false, crit: ['b64'] })), raw = JSON.stringify(claims)
    put('a payload as it is', `${h2}.${raw}.${b64(ed(`${h2}.${raw}`))}`) }

  begin('cut')
  for (const [name, token] of Object.entries({ 'no signature': `${h}.${p}`, 'empty signature': `${h}.${p}.`, 'no payload': `${h}..${s}`, 'no header': `.${p}.${s}`,
      'header only': h, dots: '..', dot: '.', 'header short by 1': `${h.slice(0, -1)}.${p}.${s}`, 'header by half': `${h.slice(0, h.length >> 1)}.${p}.${s}`,
      'payload short by 1': `${h}.${p.slice(0, -1)}.${s}`, 'payload by half': `${h}.${p.slice(0, p.length >> 1)}.${s}`,
      'signature short by 1': `${h}.${p}.${s.slice(0, -1)}`, 'signature by half': `${h}.${p}.${s.slice(0, 43)}`, 'first byte gone': world.token.slice(1),
      'a detached payload': `${h}.${b64('')}.${b64(ed(`${h}.`))}` }))
    put(name, token)

  begin('more parts')
  for (const [name, token] of Object.entries({ four: world.token + '.' + s, 'a dot at the end': world.token + '.', 'a dot before': '.' + world.token,
      five: `${h}.${p}.${s}.${p}.${s}`, twice: world.token + '.' + world.token, 'joined': world.token + world.token,
      'a JWE': `${b64(JSON.stringify({ alg: 'dir', enc: 'A256GCM', kid: header.kid }))}..${p.slice(0, 16)}.${p}.${s.slice(0, 22)}`,
      'JWS as JSON': JSON.stringify({ payload: p, protected: h, signature: s }), 'JWS as general JSON': JSON.stringify({ payload: p, signatures: [{ protected: h, signature: s }] }),
      'a bearer': 'Bearer ' + world.token, 'quoted': JSON.stringify(world.token) }))
    put(name, token)

  begin('blanks within')
  for (const blank of [' ', '\t', '\n', '\r\n', '%20', '\u00a0', '\u200b', '\v', '\f']) {
    put(`header ${JSON.stringify(blank)}`, `${h.slice(0, 4)}${blank}${h.slice(4)}.${p}.${s}`)
    put(`before a dot ${JSON.stringify(blank)}`, `${h}${blank}.${p}.${s}`)
    put(`signature ${JSON.stringify(blank)}`, `${h}.${p}.${s.slice(0, 9)}${blank}${s.slice(9)}`)
  }

  begin('base64url with another spelling')
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const spare = text => letters[letters.indexOf(text.at(-1)) ^ 1]  // the same bytes, other spare bits
  put('spare bits of the signature', `${h}.${p}.${s.slice(0, -1)}${spare(s)}`)
  for (const part of [0, 1, 2]) for (const pad of ['=', '==']) {
    const parts = [h, p, s]; parts[part] += pad; put(`padding ${pad} of part ${part + 1}`, parts.join('.'))
  }
  // The standard alphabet, in a signature that has one of the letters that differ.
  for (let i = 0, n = 0; n < 3; ++i) {
    const t = signed(header, { ...claims, jti: claims.jti + ' '.repeat(i) }), sig = t.split('.')[2]
    if (/[-_]/.test(sig)) { put(`standard alphabet ${n}`, t.slice(0, -sig.length) + sig.replaceAll('-', '+').replaceAll('_', '/')); ++n }
  }
  for (let i = 0; i < 3; ++i) {  // spare bits in a signed header or payload: the signature is made for that spelling
    const text = JSON.stringify(header) + ' '.repeat(i), e = b64(text)
    if (e.length % 4 === 0) continue
    const e2 = e.slice(0, -1) + spare(e); put(`spare bits of a signed header ${i}`, `${e2}.${p}.${b64(ed(`${e2}.${p}`))}`)
    put(`a signed header with padding ${i}`, `${e}=.${p}.${b64(ed(`${e}=.${p}`))}`)
  }

  begin('duplicate members', resigned)
  const twice = (of, name, value, first = true) => {
    const text = JSON.stringify(of), more = `"${name}":${JSON.stringify(value)}`
    return first ? `{${more},${text.slice(1)}` : `${text.slice(0, -1)},${more}}`
  }
  for (const [name, value] of [['alg', 'none'], ['kid', ownKid], ['typ', 'JWT'], ['\\u0061lg', 'none']])
    for (const first of [true, false]) put(`header ${name} ${first}`, signed(twice(header, name, value, first), claims))
  for (const [name, value] of [['exp', 9999999999], ['sub', world.other.sub], ['aud', 'other'], ['jti', claims.jti], ['iss', claims.iss],
                               ['\\u0065xp', 9999999999], ['tk_epoch', 0]])
    for (const first of [true, false]) put(`claim ${name} ${first}`, signed(header, twice(claims, name, value, first)))

  begin('depth and size', resigned)
  for (const n of [65, 1000, 2500]) {
    put(`claim nested ${n}`, signed(header, twice(claims, 'x', 0).replace('"x":0', `"x":${'['.repeat(n)}${']'.repeat(n)}`)))
    put(`header nested ${n}`, signed('['.repeat(n) + ']'.repeat(n), claims))
    put(`objects nested ${n}, open`, signed(header, '{"a":'.repeat(n / 3)))
  }
  put('10,000 levels', signed(header, twice(claims, 'x', 0).replace('"x":0', `"x":${'['.repeat(10000)}${']'.repeat(10000)}`)))
  put('10,000 acts', signed(header, '{"act":'.repeat(10000) + '1' + '}'.repeat(10000)))
  put('1 MB of A', 'A'.repeat(1_000_000))
  put('1 MB of dots', '.'.repeat(1_000_000))
  put('1 MB behind', world.token + 'A'.repeat(1_000_000 - world.token.length))
  body('1 MB, signed', { x: 'x'.repeat(740_000) })
  body('a byte too long, signed', { x: 'x'.repeat(6000) })
  body('a million audiences', { aud: Array.from({ length: 1000 }, () => 'tk') })

  begin('typ', resigned)
  for (const typ of ['JWT', 'jwt', 'application/at+jwt', 'AT+JWT', 'refresh+jwt', 'at+jwt ', '', null, 1, ['at+jwt'], 'dpop+jwt', 'secevent+jwt', 'logout+jwt'])
    head(`typ ${JSON.stringify(typ)}`, { typ })
  put('no typ', signed({ alg: header.alg, kid: header.kid }, claims))

  begin('iss', resigned)
  for (const iss of ['', 'https://attacker.example', claims.iss.slice(0, -1), claims.iss + '/', claims.iss + '\0', claims.iss.toUpperCase() + 'X', ' ' + claims.iss,
                     [claims.iss], null, 1, { iss: claims.iss }, world.elsewhereIssuer])
    body(`iss ${JSON.stringify(iss)}`, { iss })
  without('no iss', 'iss')

  begin('aud', resigned)
  for (const aud of ['', 'other', 't', claims.aud + '2', claims.aud.toUpperCase(), ' ' + claims.aud, claims.aud + '\0', ['other'], [], [claims.aud, 'other'], ['other', claims.aud],
                     [[claims.aud]], [claims.aud, 1], null, 1, { 0: claims.aud }, '*', claims.aud + ' other'])
    body(`aud ${JSON.stringify(aud)}`, { aud })
  without('no aud', 'aud')

  begin('exp', resigned)
  for (const exp of [null, String(claims.exp), claims.exp + 0.5, -1, 0, -claims.exp, 1e300, 1e15, now - 1, now - 86400, claims.nbf, claims.nbf - 1, true, [claims.exp], {}, '',
                     claims.exp + 1, claims.exp + 86400, claims.exp - 1, 253402300799])
    body(`exp ${JSON.stringify(exp)}`, { exp })
  for (const raw of ['18446744073709551615', '18446744073709551616', '1e10', '9223372036854775807', '9223372036854775808', '-0', '1e400', 'NaN', 'Infinity', '0x7fffffff', '01', '+1', claims.exp + '.0'])
    put(`exp ${raw}`, signed(header, JSON.stringify(claims).replace(`"exp":${claims.exp}`, `"exp":${raw}`)))
  without('no exp', 'exp')

  begin('nbf and iat', resigned)
  for (const member of ['nbf', 'iat']) {
    for (const v of [now + 3600, now + 32 + 60, null, String(now), now + 0.5, -1, 1e300, true, [now]]) body(`${member} ${JSON.stringify(v)}`, { [member]: v })
    without(`no ${member}`, member)
  }

  begin('jti', resigned)
  for (const jti of ['', null, 1, [claims.jti], '00000000-0000-7000-8000-000000000000', claims.jti.toUpperCase() + 'X', claims.jti.slice(0, 8), "' OR '1'='1", '../' + claims.jti,
                     'j'.repeat(2000), claims.jti + '\0', world.other.jti, world.family.tk_family, world.invitation, world.keyRecord])
    body(`jti ${JSON.stringify(jti)}`.slice(0, 60), { jti })
  without('no jti', 'jti')
  put('revoked', world.revoked)
  body('the jti of a revoked one', { jti: JSON.parse(Buffer.from(world.revoked.split('.')[1], 'base64url')).jti })
  put('another token as it is, with a jti of ours', signed(header, { ...world.other, jti: claims.jti }))

  begin('sub', resigned)
  body('another', { sub: world.other.sub, tk_ref: world.other.tk_ref })
  body('another id only', { sub: world.other.sub })
  body('another name only', { tk_ref: world.other.tk_ref })
  for (const sub of ['', null, 1, [claims.sub], 'user:root', '*', claims.sub + '\0', 's'.repeat(2000)]) body(`sub ${JSON.stringify(sub)}`.slice(0, 40), { sub })
  for (const tk_ref of ['', null, '**', 'agent:**', 'user:w/../w/x', 'role:w/owner', claims.tk_ref + '\0']) body(`name ${JSON.stringify(tk_ref)}`, { tk_ref })
  for (const tk_epoch of [1, -1, null, '0', 9007199254740993, 0.5]) body(`epoch ${tk_epoch}`, { tk_epoch })
  for (const member of ['sub', 'tk_ref', 'tk_epoch']) without(`no ${member}`, member)

  const party = c => ({ sub: c.sub, tk_ref: c.tk_ref, tk_epoch: c.tk_epoch })
  begin('act', signed(header, world.behalf))
  body('an agent is added to a token that has none', { act: party(world.other) })
  body('the subject acts for itself', { act: party(claims) })
  body('the act of another', { act: world.behalf.act })
  without('act is taken out', 'act', world.behalf)
  body('another acts', { act: party(world.other) }, world.behalf)
  body('both change places', { ...party(world.behalf.act), act: party(world.behalf) }, world.behalf)
  body('the subject is the actor too', { ...party(world.behalf.act) }, world.behalf)
  body('one more acts behind it', { act: { ...world.behalf.act, act: party(world.other) } }, world.behalf)
  body('a loop', { act: { ...world.behalf.act, act: { ...party(world.behalf), act: party(world.behalf.act) } } }, world.behalf)
  for (const n of [8, 9, 30]) {
    let act = party(claims)
    for (let i = 1; i < n; ++i) act = { ...party(claims), act }
    body(`${n} deep`, { act })
  }
  for (const act of [null, '', 'user:w/x', [], [world.behalf.act], {}, { sub: world.behalf.act.sub }, 1, true]) body(`act ${JSON.stringify(act)}`.slice(0, 50), { act }, world.behalf)

  begin('authorization_details', signed(header, world.behalf))
  const [detail] = world.behalf.authorization_details, wide = (name, authorization_details) => body(name, { authorization_details }, world.behalf)
  wide('every action', [{ ...detail, actions: ['*'] }])
  wide('one more action', [{ ...detail, actions: [...detail.actions, 'entity.delete'] }])
  wide('everywhere', [{ ...detail, locations: ['**'] }])
  wide('one more', [detail, { type: 'tk', actions: ['*'], locations: ['**'] }])
  wide('twice', [detail, detail])
  without('none', 'authorization_details', world.behalf)
  for (const v of [[], {}, null, 'tk', [1], [[]], [{}], [{ ...detail, type: 'other' }], [{ ...detail, privileges: ['admin'] }], [{ type: 'tk' }],
                   [{ type: 'tk', actions: ['*'] }], [{ ...detail, actions: '*' }], [{ ...detail, actions: [1] }], [{ ...detail, lease: world.family.tk_family }],
                   [{ ...detail, purpose: 'another' }], Array.from({ length: 65 }, () => detail)])
    wide(`details ${JSON.stringify(v)}`.slice(0, 60), v)

  begin('family and lease', signed(header, world.family))
  without('out of its family', 'tk_family', world.family)
  for (const tk_family of ['', null, claims.jti, '00000000-0000-7000-8000-000000000000', 1]) body(`family ${tk_family}`, { tk_family }, world.family)
  body('into a family', { tk_family: world.family.tk_family })
  for (const tk_lease of [claims.jti, world.family.tk_family, '', null, 1]) body(`lease ${tk_lease}`, { tk_lease })

  begin('signature')
  const sig = Buffer.from(s, 'base64url'), L = 2n ** 252n + 27742317777372353535851937790883648493n
  const little = bytes => bytes.reduceRight((n, byte) => n << 8n | BigInt(byte), 0n)
  const thirtyTwo = n => { const o = Buffer.alloc(32); for (let i = 0; i < 32; ++i, n >>= 8n) o[i] = Number(n & 255n); return o }
  const S = little(sig.subarray(32)), R = sig.subarray(0, 32)
  const with_sig = (name, bytes) => put(name, `${h}.${p}.${b64(bytes)}`)
  for (let k = 1n; k <= 7n; ++k) with_sig(`S + ${k} L`, Buffer.concat([R, thirtyTwo(S + k * L)]))
  with_sig('S = L', Buffer.concat([R, thirtyTwo(L)]))
  with_sig('zero', Buffer.alloc(64)); with_sig('ones', Buffer.alloc(64, 255))
  with_sig('63 bytes', sig.subarray(0, 63)); with_sig('65 bytes', Buffer.concat([sig, Buffer.alloc(1)])); with_sig('128 bytes', Buffer.concat([sig, sig]))
  with_sig('swapped', Buffer.concat([sig.subarray(32), R])); with_sig('of another token', Buffer.from(world.familyToken.split('.')[2], 'base64url'))
  with_sig('of the payload', ed(Buffer.from(p, 'base64url').toString())); with_sig('of the encoded payload', ed(p))
  with_sig('of the text without its dot', ed(h + p)); with_sig('by the next key', ed(`${h}.${p}`, next)); with_sig('by the attacker', ed(`${h}.${p}`, own.privateKey))
  for (const bit of [0, 7, 100, 255, 256, 300, 500, 511]) { const f = Buffer.from(sig); f[bit >> 3] ^= 1 << (bit & 7); with_sig(`bit ${bit}`, f) }
  const small = ['00'.repeat(32), '01' + '00'.repeat(31), '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
                 'c7176a703d4dd84fba3c0b760d10670f2a20532cfa39ccc64ec7fd7792ac037a', 'ec' + 'ff'.repeat(30) + '7f', 'ed' + 'ff'.repeat(30) + '7f', 'ee' + 'ff'.repeat(30) + '7f',
                 '01' + '00'.repeat(30) + '80', '00'.repeat(31) + '80']
  for (const r of small) {
    with_sig(`R ${r.slice(0, 4)}, S = 0`, Buffer.concat([Buffer.from(r, 'hex'), Buffer.alloc(32)]))
    with_sig(`R ${r.slice(0, 4)}, our S`, Buffer.concat([Buffer.from(r, 'hex'), thirtyTwo(S)]))
  }

  begin('another realm')
  const [eh, ep] = world.elsewhere.split('.')
  put('its token', world.elsewhere)
  put('its token, our kid', `${b64(JSON.stringify(header))}.${ep}.${world.elsewhere.split('.')[2]}`)
  put('its token, our signature', signed(header, JSON.parse(Buffer.from(ep, 'base64url'))))
  put('our words, its key and kid', signed(JSON.parse(Buffer.from(eh, 'base64url')), claims, keyOf(world.elsewhereSeed)))
  put('our words and kid, its key', signed(header, claims, keyOf(world.elsewhereSeed)))
  put('ours for another service', world.forAnother)

  begin('another kind of secret')
  for (const [name, token] of Object.entries({ refresh: world.refreshToken, invitation: world.code, 'refresh as a payload': `${h}.${b64(world.refreshToken)}.${s}`,
      'a receipt': world.checkpoint, kid: header.kid, jti: claims.jti, seed: world.seed, header: JSON.stringify(header), claims: JSON.stringify(claims) }))
    put(name, token)
  begin('another kind of secret, signed', resigned)
  put('a refresh token, signed', signed(header, world.refreshToken)); put('a JWKS, signed', signed(header, world.jwks))
  put('a token within a token', signed(header, world.token)); put('a token within a text', signed(header, JSON.stringify(world.token)))

  begin('bytes')
  const raw = Buffer.from(world.token)
  put('NUL before', Buffer.concat([Buffer.alloc(1), raw])); put('NUL behind', Buffer.concat([raw, Buffer.alloc(1)]))
  put('NUL and more behind', Buffer.concat([raw, Buffer.alloc(1), raw])); put('NUL within', Buffer.concat([raw.subarray(0, 30), Buffer.alloc(1), raw.subarray(30)]))
  put('0xff behind', Buffer.concat([raw, Buffer.from([255])])); put('a byte order mark before', Buffer.concat([Buffer.from('efbbbf', 'hex'), raw]))
  put('UTF-16', Buffer.from(world.token, 'utf16le')); put('UTF-16 with a mark', Buffer.from('\ufeff' + world.token, 'utf16le'))
  put('wide dots', world.token.replaceAll('.', '\uff0e')); put('lower case', world.token.toLowerCase()); put('upper case', world.token.toUpperCase())
  put('a Cyrillic A', world.token.replace('e', '\u0435')); put('escape sequences', '\x1b[31m' + world.token); put('random', crypto.randomBytes(300))
  put('backwards', [...world.token].reverse().join(''))

  begin('bytes, signed', resigned)
  const text = JSON.stringify(claims), mark = Buffer.from('efbbbf', 'hex')
  const inside = extra => Buffer.concat([Buffer.from('{"x":"'), extra, Buffer.from('",'), Buffer.from(text.slice(1))])
  put('a mark before the header', signed(Buffer.concat([mark, bytes(header)]), claims)); put('a mark before the payload', signed(header, Buffer.concat([mark, bytes(claims)])))
  put('UTF-16 header', signed(Buffer.from(JSON.stringify(header), 'utf16le'), claims)); put('UTF-16 payload', signed(header, Buffer.from(text, 'utf16le')))
  for (const [name, hex] of [['0xff', 'ff'], ['overlong', 'c0af'], ['a surrogate as UTF-8', 'eda080'], ['cut', 'e282'], ['too high', 'f4908080'], ['NUL', '00'], ['a line break', '0a']])
    put(`${name} in a claim`, signed(header, inside(Buffer.from(hex, 'hex'))))
  for (const [name, escape] of [['lone high', '\\ud800'], ['lone low', '\\udc00'], ['swapped', '\\udc00\\ud800'], ['bad', '\\u12'], ['unknown', '\\x41']])
    put(`escape ${name}`, signed(header, inside(Buffer.from(escape))))
  put('NUL behind the header', signed(Buffer.concat([bytes(header), Buffer.alloc(1)]), claims)); put('NUL behind the payload', signed(header, Buffer.concat([bytes(claims), Buffer.alloc(1)])))
  put('NUL and other claims', signed(header, Buffer.concat([bytes(claims), Buffer.alloc(1), bytes(world.other)])))
  for (const [name, payload] of Object.entries({ array: [claims], text: '"x"', number: '1', null: 'null', nothing: '', two: text + text, behind: text + 'x', 'a comma': text.slice(0, -1) + ',}',
      'a comment': '/**/' + text, 'single quotes': text.replaceAll('"', "'"), 'no end': text.slice(0, -1), 'no quotes': text.replace('"exp"', 'exp') }))
    put(`payload ${name}`, signed(header, payload))
  for (const [name, hdr] of Object.entries({ array: [header], null: 'null', nothing: '', behind: JSON.stringify(header) + 'x', two: JSON.stringify(header).repeat(2) }))
    put(`header ${name}`, signed(hdr, claims))
  return out
}

if (process.argv[1]?.endsWith('forge.mjs'))
  for await (const line of createInterface({ input: process.stdin }))
    for (const token of forge(JSON.parse(line))) console.log(JSON.stringify(token))
