// lawbench-1 with npm casbin and cedar-wasm: how many decisions a second, and how many of them are right.
// usage: peers.mjs QUESTIONS_JSONL ANSWERS(0 and 1, one a question) POLICY_JSON
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(process.cwd() + '/')
const work = JSON.parse(readFileSync(process.argv[4], 'utf8'))
const answers = readFileSync(process.argv[3], 'utf8')
const { users, groups, docs, rules, questions } = work

function measure(name, n, decide) {
  let wrong = 0
  const began = process.hrtime.bigint()
  for (let i = 0; i < n; i++) if (decide(questions[i]) !== (answers[i] === '1')) wrong++
  const seconds = Number(process.hrtime.bigint() - began) / 1e9
  console.log(`  ${name}: ${(n / seconds).toFixed(0)} decisions/s, ${wrong} of ${n} wrong`)
}

const rolesOf = users.map((u) => [...new Set(u.groups.flatMap((g) => groups[g]))])
const met = (cond, u, d, user, mfa) =>
  cond === 0 || (cond === 1 && u.clr >= d.cls) || (cond === 2 && d.owner === user) || (cond === 3 && u.dept === d.dept) ||
  (cond === 4 && mfa && !u.agent)

async function casbin() {
  const { newEnforcer, newModelFromString } = require('casbin')
  const model = newModelFromString(`[request_definition]
r = sub, obj, space, act, mfa
[policy_definition]
p = sub, obj, act, cond, id, eft
[role_definition]
g = _, _
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = r.act == p.act && (r.obj == p.obj || r.space == p.obj) && g(r.sub, p.sub) && cond(p.cond, r.sub, r.obj, r.mfa)`)
  const e = await newEnforcer(model)
  await e.addPolicies(rules.map((r, i) => [`r${r.role}`, r.onDoc ? `d${r.scope}` : `s${r.scope}`, `a${r.act}`, `${r.cond}`, `${i}`, r.deny ? 'deny' : 'allow']))
  await e.addGroupingPolicies(rolesOf.flatMap((roles, u) => roles.map((r) => [`u${u}`, `r${r}`])))
  await e.addFunction('cond', (c, sub, obj, mfa) => {
    const u = Number(sub.slice(1))
    return met(Number(c), users[u], docs[Number(obj.slice(1))], u, mfa === 'true')
  })
  const ask = (q) => e.enforceSync(`u${q.u}`, `d${q.d}`, `s${docs[q.d].space}`, `a${q.a}`, `${q.mfa}`)
  measure('npm casbin 5.51.1', 200, ask)
}

function cedar() {
  const c = require('@cedar-policy/cedar-wasm/nodejs')
  const when = ['', ' when { principal.clr >= resource.cls }', ' when { resource.owner == principal }',
    ' when { principal.dept == resource.dept }', ' when { context.mfa && !principal.agent }']
  const policies = {}
  rules.forEach((r, i) => {
    const scope = r.onDoc ? `resource == Doc::"d${r.scope}"` : `resource in Space::"s${r.scope}"`
    policies[`p${i}`] = `${r.deny ? 'forbid' : 'permit'}(principal in Role::"r${r.role}", action == Action::"a${r.act}", ${scope})${when[r.cond]};`
  })
  const loaded = c.preparsePolicySet('lawbench', { staticPolicies: policies })
  if (loaded.type !== 'success') throw new Error(JSON.stringify(loaded.errors).slice(0, 300))
  const ask = (q) => {
    const u = users[q.u], d = docs[q.d]
    const answer = c.statefulIsAuthorized({
      principal: { type: 'User', id: `u${q.u}` }, action: { type: 'Action', id: `a${q.a}` }, resource: { type: 'Doc', id: `d${q.d}` },
      context: { mfa: q.mfa }, preparsedPolicySetId: 'lawbench', validateRequest: false,
      entities: [
        { uid: { type: 'User', id: `u${q.u}` }, attrs: { clr: u.clr, dept: u.dept, agent: u.agent }, parents: rolesOf[q.u].map((r) => ({ type: 'Role', id: `r${r}` })) },
        { uid: { type: 'Doc', id: `d${q.d}` }, attrs: { cls: d.cls, dept: d.dept, owner: { __entity: { type: 'User', id: `u${d.owner}` } } },
          parents: [{ type: 'Space', id: `s${d.space}` }] }],
    })
    return answer.response?.decision === 'allow'
  }
  measure('npm cedar-wasm 4.13.0', 200, ask)
}

await casbin()
cedar()
