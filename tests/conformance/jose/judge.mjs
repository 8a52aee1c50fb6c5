// npm jose about tk's tokens. One JSON object a line on stdin, an answer a line:
//   {do: "verify", token, jwks, issuer, audience, alg?}  -> {ok, claims, kid, alg} or {ok: false, code}
//   {do: "sign", seed, header, claims}                   -> {token}       by SignJWT
//   {do: "thumbprint", jwk}                              -> {kid}
import { createInterface } from 'node:readline'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
const jose = await import(pathToFileURL(createRequire(process.argv[2] + '/').resolve('jose')))
const { keyOf } = await import('./forge.mjs')

const acts = {
  async verify({ token, jwks, issuer, audience, alg }) {
    const { payload, protectedHeader } = await jose.jwtVerify(token, jose.createLocalJWKSet(jwks), {
      issuer, audience, typ: 'at+jwt', algorithms: [alg ?? 'EdDSA'],
      requiredClaims: ['iss', 'aud', 'exp', 'nbf', 'iat', 'jti', 'sub'],
    })
    return { claims: payload, kid: protectedHeader.kid, alg: protectedHeader.alg }
  },
  async sign({ seed, header, claims }) {
    const key = await jose.importJWK(keyOf(seed).export({ format: 'jwk' }), header.alg)
    return { token: await new jose.SignJWT(claims).setProtectedHeader(header).sign(key) }
  },
  async thumbprint({ jwk }) { return { kid: await jose.calculateJwkThumbprint(jwk) } },
}
for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line)
  let said
  try { said = { ok: true, ...await acts[asked.do](asked) } }
  catch (e) { said = { ok: false, code: e.code ?? String(e) } }
  console.log(JSON.stringify(said))
}
