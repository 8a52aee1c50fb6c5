#include "plugins/agent-review/scan.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using tk::review::Finding;
using tk::review::Language;
using tk::review::Severity;

namespace {

std::vector<int> lines(Language language, std::string_view text) {
    std::vector<int> out;
    for (const Finding& finding : tk::review::scan_sql(language, text)) out.push_back(finding.line);
    return out;
}

bool clean(Language language, std::string_view text) {
    return tk::review::scan_sql(language, text).empty();
}

const std::vector<int> kFirst{1};

}  // namespace

TEST_CASE("a language is told by extension, else by the first line") {
    using tk::review::language_of;
    CHECK(language_of("a/b.py", "") == Language::python);
    CHECK(language_of("a/b.TSX", "") == Language::javascript);
    CHECK(language_of("b.phtml", "") == Language::php);
    CHECK(language_of("b.hpp", "") == Language::c);
    CHECK(language_of("run", "#!/usr/bin/env -S python3 -u\n") == Language::python);
    CHECK(language_of("run", "#!/bin/bash") == Language::shell);
    CHECK(language_of("README.md", "select") == Language::unknown);
    CHECK(language_of("cron.sh", "#!/usr/bin/env php\n<?php") == Language::php);
    CHECK(language_of("cron.sh", "<?php\n") == Language::php);
    CHECK(language_of("tool.sh", "#!/usr/bin/python3\n") == Language::python);
    CHECK(language_of("tool.sh", "#!/opt/what\n") == Language::shell);
    CHECK(language_of("d/tool.bash_completion", "") == Language::shell);
    CHECK(language_of("d/a.bats", "") == Language::shell);
    CHECK(language_of("home/.bashrc", "") == Language::shell);
    CHECK(language_of("etc/bash.bashrc", "") == Language::shell);
    CHECK(language_of("etc/profile", "") == Language::shell);
    CHECK(language_of("lib/c", "") == Language::unknown);
    CHECK(language_of("", "") == Language::unknown);
}

TEST_CASE("Python: every way to put a value into SQL is found") {
    for (const std::string text : {
             R"~(c.execute("SELECT * FROM users WHERE name = '" + name + "'"))~",
             R"~(c.execute("SELECT * FROM users WHERE name = '%s'" % name))~",
             R"~(c.execute("SELECT * FROM users WHERE name = '{}'".format(name)))~",
             R"~(c.execute(f"SELECT * FROM users WHERE name = '{name}'"))~",
             R"~(c.execute(" ".join(["SELECT * FROM t WHERE id =", name])))~",
             R"~(c.execute("INSERT INTO t (m) VALUES ('%(m)s')" % {"m": name}))~",
             R"~(c.execute("select id from users where name = '" + name + "'"))~",
             R"~(c.execute(f"DROP TABLE {table}"))~",
             R"~(c.execute("EXEC sp_find '%s'" % name))~",
             R"~(q += " AND name = '" + name + "'")~",
             R"~(where.append(f"name = '{name}'"))~",
         }) {
        CAPTURE(text);
        CHECK(lines(Language::python, text) == kFirst);
    }
}

TEST_CASE("Python: a query built over several lines is found where the value enters") {
    CHECK(lines(Language::python,
                "q = 'SELECT * FROM t WHERE 1=1'\n"
                "if x:\n    q += ' AND name = ' + name\n"
                "c.execute(q)\n") == std::vector<int>{3});
    CHECK(lines(Language::python,
                "c.execute(\n    'SELECT * '\n    'FROM t '\n"
                "    f'WHERE id = {uid}'\n)\n") == std::vector<int>{4});
    CHECK(lines(Language::python,
                "base = 'SELECT * FROM t WHERE id = '\n"
                "c.execute(base + uid)\n") == std::vector<int>{2});
    CHECK(lines(Language::python,
                "q = 'SELECT * FROM t WHERE id = {}'\n"
                "c.execute(q.format(uid))\n") == std::vector<int>{2});
}

TEST_CASE("Python: what is parametrised, constant, numeric, quoted or prose is left alone") {
    for (const std::string text : {
             R"~(c.execute("SELECT * FROM users WHERE name = %s", (name,)))~",
             R"~(c.execute("SELECT * FROM " + TABLE + " WHERE name = ?", (name,)))~",
             "t = 'users'\nc.execute(f'SELECT * FROM {t}')",
             R"~(c.execute(f"SELECT * FROM t WHERE id IN ({','.join('?' * len(ids))})", ids))~",
             R"~(c.execute("SELECT * FROM t WHERE id IN (%s)" % ",".join(["%s"] * len(x)), x))~",
             R"~(c.execute(f"SELECT * FROM t WHERE id = {int(name)}"))~",
             R"~(c.execute("SELECT * FROM t WHERE id = %d" % name))~",
             "def f(uid: int):\n    c.execute(f'SELECT * FROM t WHERE id = {uid}')",
             R"~(c.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(name))))~",
             R"~(c.execute("SELECT * FROM t WHERE x = " + conn.escape(name)))~",
             R"~(c.execute("SELECT * FROM t ORDER BY id " + ("ASC" if up else "DESC")))~",
             "for t in ('a', 'b'):\n    c.execute(f'DELETE FROM {t}')",
             "if s not in ('a', 'b'): s = 'a'\nc.execute(f'SELECT * FROM t ORDER BY {s}')",
             R"~(log.info(f"SELECT * FROM t WHERE id = {name}"))~",
             R"~(raise ValueError(f"UPDATE users SET x failed for {name}"))~",
             R"~(m = "Please select an item from the list: " + name)~",
             R"~(m = "Select a file from " + name)~",
             R"~(m = "Update your profile, " + name)~",
             R"~(m = f"delete from cart {name}")~",
             R"~(# "SELECT * FROM t WHERE id = " + name)~",
         }) {
        CAPTURE(text);
        CHECK(clean(Language::python, text));
    }
}

TEST_CASE("JavaScript: every way to put a value into SQL is found") {
    for (const std::string text : {
             R"~(db.query("SELECT * FROM users WHERE id = " + id))~",
             R"~(db.query(`SELECT * FROM users WHERE id = ${id}`))~",
             R"~(db.query("DELETE FROM t WHERE id = '".concat(name, "'")))~",
             R"~(db.query(util.format("SELECT * FROM t WHERE a = '%s'", name)))~",
             R"~(db.query(["SELECT * FROM t WHERE id =", id].join(" ")))~",
             R"~(prisma.$queryRawUnsafe(`SELECT * FROM t WHERE id = ${id}`))~",
             R"~(html`<p>${db.query("SELECT * FROM t WHERE z = " + name)}</p>`)~",
             R"~(sql += ` AND name = '${name}'`)~",
             R"~(db.query(String.raw`SELECT * FROM t WHERE id = ${id}`))~",
         }) {
        CAPTURE(text);
        CHECK(lines(Language::javascript, text) == kFirst);
    }
}

TEST_CASE("JavaScript: tagged templates, placeholders and conversions are left alone") {
    for (const std::string text : {
             R"~(db.query("SELECT * FROM users WHERE id = ?", [id]))~",
             R"~(await sql`SELECT * FROM users WHERE id = ${id}`)~",
             R"~(prisma.$queryRaw<User[]>`SELECT * FROM users WHERE id = ${id}`)~",
             R"~(db.query(`SELECT * FROM t WHERE id IN (${ids.map(() => "?").join(",")})`, ids))~",
             R"~(db.query(`SELECT * FROM t WHERE id IN (${Array(n).fill("?").join()})`, ids))~",
             R"~(db.query(`SELECT * FROM t WHERE a IN (${a.map((_, i) => `$${i + 1}`).join()})`))~",
             R"~(db.query("SELECT * FROM t WHERE id = " + Number(id)))~",
             R"~(db.query("SELECT * FROM t WHERE id = " + connection.escape(id)))~",
             "const d = up ? 'DESC' : 'ASC';\ndb.query(`SELECT * FROM t ORDER BY x ${d}`)",
             R"~(db.query(`SELECT * FROM t LIMIT 10 OFFSET ${(p - 1) * 10}`))~",
             R"~(console.log(`SELECT * FROM t WHERE id = ${id}`))~",
             R"~(throw new Error(`UPDATE users SET failed for ${id}`))~",
             R"~(const m = `Select ${name} from the list`)~",
             R"~(const re = /select (.*) from '/; const a = 'x' + name;)~",
         }) {
        CAPTURE(text);
        CHECK(clean(Language::javascript, text));
    }
}

TEST_CASE("PHP: interpolation, concatenation, sprintf and heredocs are found") {
    for (const std::string text : {
             R"~(<?php $r = $db->query("SELECT * FROM users WHERE id = $id");)~",
                 R"~(<?php $r = $db->query("SELECT * FROM users WHERE id = {$row->id}");)~",
                 R"~(<?php $r = $db->query('SELECT * FROM users WHERE id = ' . $id);)~",
                 R"~(<?php $q = sprintf("SELECT * FROM t WHERE a = '%s'", $name);)~",
                 R"~(<?php $s = "SELECT * FROM t WHERE id IN (" . implode(',', $ids) . ")";)~",
             R"~(<?php $s .= " WHERE name = '$name'";)~",
         }) {
        CAPTURE(text);
        CHECK(lines(Language::php, text) == kFirst);
    }
    CHECK(lines(Language::php, "<?php\n$q = <<<SQL\nSELECT *\nFROM t WHERE a = '$b'\nSQL;\n") ==
          std::vector<int>{4});
}

TEST_CASE("PHP: casts, quoting helpers, placeholders and prefixes are left alone") {
    for (const std::string text : {
             R"~(<?php $id = (int)$_GET['id']; $db->query("SELECT * FROM t WHERE id = $id");)~",
             R"~(<?php $db->query("SELECT * FROM t WHERE id = " . intval($_GET['id']));)~",
             R"~(<?php $n = mysqli_real_escape_string($c, $x); q("SELECT * FROM t WHERE n='$n'"))~",
             R"~(<?php $db->query("SELECT * FROM t WHERE n = " . $pdo->quote($x));)~",
             R"~(<?php $in = str_repeat('?,', 3) . '?'; q("SELECT * FROM t WHERE a IN ($in)");)~",
             R"~(<?php $w->prepare("SELECT * FROM {$wpdb->posts} WHERE id = %d", $x);)~",
             R"~(Don't SELECT * FROM "a" . $x <?php echo 1; ?> "SELECT * FROM t WHERE a=$b")~",
         }) {
        CAPTURE(text);
        CHECK(clean(Language::php, text));
    }
}

TEST_CASE("C and C++: formats, strings and streams are found") {
    for (const std::string text : {
             R"~(std::string q = "SELECT * FROM t WHERE a = '" + std::string(name) + "'";)~",
             R"~(auto q = std::string("SELECT * FROM t WHERE a = '") + name;)~",
             R"~(snprintf(buf, sizeof buf, "SELECT * FROM t WHERE a = '%s'", name);)~",
             R"~(ss << "SELECT * FROM t WHERE a = '" << name << "'";)~",
             R"~(auto s = std::format("SELECT * FROM t WHERE a = '{}'", name);)~",
             R"~(auto s = QString("SELECT * FROM t WHERE a = '%1'").arg(name);)~",
             R"~(auto s = absl::StrCat("SELECT * FROM t WHERE a = ", name);)~",
             R"~(z = sqlite3_mprintf("SELECT * FROM t WHERE a = '%s'", name);)~",
         }) {
        CAPTURE(text);
        CHECK(lines(Language::c, text) == kFirst);
    }
    CHECK(lines(Language::c, "strcpy(q, \"SELECT * FROM t WHERE a = '\");\nstrcat(q, name);\n") ==
          std::vector<int>{2});
}

TEST_CASE("C and C++: numbers, macros, %Q and output are left alone") {
    for (const std::string text : {
             R"~(const char* q = "SELECT * FROM " TABLE " WHERE a = ?";)~",
             R"~(snprintf(buf, n, "SELECT * FROM t WHERE a = %d", id);)~",
             R"~(z = sqlite3_mprintf("SELECT * FROM t WHERE a = %Q", name);)~",
             R"~(auto s = "SELECT * FROM t WHERE id = " + std::to_string(id);)~",
             R"~(void f(int id) { ss << "SELECT * FROM t WHERE id = " << id; })~",
             R"~(std::cout << "SELECT * FROM t WHERE a = " << name;)~",
             R"~(fprintf(stderr, "DELETE FROM t WHERE a = %s failed", name);)~",
         }) {
        CAPTURE(text);
        CHECK(clean(Language::c, text));
    }
}

TEST_CASE("shell: SQL for a client or a variable is found") {
    for (const std::string text : {
             R"~(psql -c "SELECT * FROM users WHERE name = '$1'")~",
             R"~(echo "SELECT * FROM t WHERE a = '$name'" | sqlite3 db.sqlite)~",
             R"~(query="UPDATE t SET a = '$name' WHERE b = 1")~",
             R"~(res="$(mysql -N -e "SELECT id FROM t WHERE a='$2'")")~",
             R"~(sql='SELECT * FROM t WHERE a = '"$name")~",
             R"~(psql -d x <<< "SELECT * FROM t WHERE a='$name'")~",
             R"~(printf "SELECT * FROM t WHERE a = '%s'" "$name" | mysql)~",
         }) {
        CAPTURE(text);
        CHECK(lines(Language::shell, text) == kFirst);
    }
    CHECK(lines(Language::shell, "psql <<EOF\nSELECT * FROM t\nWHERE a = '$b';\nEOF\n") ==
          std::vector<int>{3});
}

TEST_CASE("shell: literal heredocs, constants, capitals and plain output are left alone") {
    for (const std::string text : {
             "psql -v id=\"$1\" <<'EOF'\nSELECT * FROM t WHERE a = '$x'\nEOF\n",
             R"~(psql -c "SELECT count(*) FROM $TABLE")~",
             "table=users\npsql -c \"SELECT count(*) FROM $table WHERE id = $((i+1))\"",
             R"~(echo "SELECT a FROM $name")~",
             R"~(mysql -e "SELECT * FROM t WHERE a = '${name//\'/\'\'}'")~",
         }) {
        CAPTURE(text);
        CHECK(clean(Language::shell, text));
    }
}

TEST_CASE("values from a request are critical, others high") {
    const auto severity = [](Language language, std::string_view text) {
        const auto found = tk::review::scan_sql(language, text);
        REQUIRE(found.size() == 1);
        return found[0].severity;
    };
    CHECK(severity(Language::python, "q = 'SELECT * FROM t WHERE a = ' + b") == Severity::high);
    CHECK(severity(Language::python,
                   "b = request.args.get('b')\n"
                   "q = 'SELECT * FROM t WHERE a = ' + b") == Severity::critical);
    CHECK(severity(Language::python,
                   "def f():\n    b = request.args.get('b')\ndef g(b):\n"
                   "    q = 'SELECT * FROM t WHERE a = ' + b") == Severity::high);
    CHECK(severity(Language::javascript,
                   "const { b } = req.body;\n"
                   "q = `SELECT * FROM t WHERE a = ${b}`") == Severity::critical);
    CHECK(severity(Language::php, "<?php q(\"SELECT * FROM t WHERE a = $_GET[a]\");") ==
          Severity::critical);
    CHECK(severity(Language::shell, "psql -c \"SELECT * FROM t WHERE a = '$1'\"") ==
          Severity::high);
}

TEST_CASE("a finding says where, what and how to mend, without secrets") {
    const auto found = tk::review::scan_sql(
        Language::python,
        "\n  c.execute('SELECT * FROM t WHERE a = ' + b)  # password = \"Kj8#mP2vL9qX\"\n");
    REQUIRE(found.size() == 1);
    CHECK(found[0].line == 2);
    CHECK(found[0].column == 44);
    CHECK(found[0].rule == "sql-injection");
    CHECK(found[0].message.find("`b`") != std::string::npos);
    CHECK(found[0].mend.find("execute") != std::string::npos);
    CHECK(found[0].excerpt.starts_with("c.execute("));
    CHECK(found[0].excerpt.find("mP2vL9qX") == std::string::npos);
}

TEST_CASE("broken and hostile sources end, and quickly") {
    const std::string zero("SELECT \0 'a' + b \xff\xfe\0", 20);
    for (int n = 0; n < 6; ++n) {
        const auto language = static_cast<Language>(n);
        CHECK_NOTHROW(tk::review::scan_sql(language, zero));
        for (const std::string_view piece :
             {"\"", "`${", "f\"{", "(", "x=[", "<<A ", "\"$(a ", "/*", "R\"x(", "f(\"a\"+", "{$",
              "a=", "def f(a):\n "}) {
            std::string text = "SELECT ";
            for (int i = 0; i < 20000; ++i) text += piece;
            CHECK_NOTHROW(tk::review::scan_sql(language, text));
        }
    }
}

TEST_CASE("what a test, a cast or a filter proved about a name holds for its uses") {
    for (const std::string text : {
             "def f(c, x):\n  if not re.match(r'^\\w+$', x):\n    raise E\n  "
             "c.execute(f'DROP TABLE {x}')",
             "R = re.compile('^[a-z]+$')\ndef f(c, x):\n  if not R.match(x): raise E\n"
             "  c.execute('DROP TABLE ' + x)",
             "def f(c, x):\n  x = int(x)\n  c.execute(f'SELECT * FROM t WHERE id = {x}')",
             "def f(c, x):\n  if not x.isdigit(): return\n  c.execute('SELECT * FROM t "
             "WHERE i = ' + x)",
             "def f(c, n):\n  n = min(50, int(n))\n  c.execute(f'SELECT * FROM t LIMIT {n}')",
             "def pick(k):\n  if k: return 'a'\n  return 'b'\n"
             "def f(c, k):\n  c.execute(f'SELECT * FROM t ORDER BY {pick(k)}')",
             "def f(c, ks):\n  m = ', '.join(f':k{i}' for i in ks)\n"
             "  c.execute(f'SELECT * FROM t WHERE a IN ({m})')",
             "def f(c, d):\n  ks = [k for k in ('a', 'b') if k in d]\n"
             "  s = ', '.join(f'{k} = ${i}' for i, k in enumerate(ks))\n"
             "  c.execute(f'UPDATE t SET {s}')",
         }) {
        CAPTURE(text);
        CHECK(clean(Language::python, text));
    }
    for (const std::string text : {
             "function f(x) { if (!/^\\d+$/.test(x)) return; db.query(`DELETE FROM t WHERE "
             "i = ${x}`) }",
             "const M = new Map([['a', 'b']]); function f(x) { db.query(`SELECT * FROM t ORDER BY "
             "${M.get(x)}`) }",
             "function f(a) { const m = a.map((_, i) => `$${i + 1}`).join(','); "
             "db.query(`SELECT * FROM t WHERE i IN (${m})`) }",
             "function f(x) { x = x.replace(/[^a-z]/g, ''); db.query(`DROP TABLE ${x}`) }",
         }) {
        CAPTURE(text);
        CHECK(clean(Language::javascript, text));
    }
    for (const std::string text : {
             "<?php function f($x) { if (!preg_match('/^\\d+$/', $x)) exit; q(\"DELETE FROM "
             "t WHERE "
             "i = $x\"); }",
             "<?php $n = max(0, (int) ($_GET['n'] ?? 1)); q(\"SELECT * FROM t LIMIT $n\");",
             "<?php $o = match ($_GET['o']) { 'a' => 'x', default => 'y' }; q(\"SELECT * "
             "FROM t ORDER "
             "BY $o\");",
             "<?php $i = filter_var($_GET['i'], FILTER_VALIDATE_INT); q(\"DELETE FROM t WHERE i = "
             "$i\");",
         }) {
        CAPTURE(text);
        CHECK(clean(Language::php, text));
    }
    for (const std::string text : {
             "void f(C *c, const char *s) { char e[9]; mysql_real_escape_string(c, e, s, 4);\n"
             " sprintf(q, \"SELECT * FROM t WHERE a = '%s'\", e); }",
             "const char *k(int i) { switch (i) { case 1: return \"a\"; } return \"b\"; }\n"
             "void f(int i) { sprintf(q, \"SELECT * FROM t ORDER BY %s\", k(i)); }",
             "const char *const kCols[] = {\"a\", \"b\"};\n"
             "void f(int i) { sprintf(q, \"SELECT * FROM t ORDER BY %s\", kCols[i]); }",
         }) {
        CAPTURE(text);
        CHECK(clean(Language::c, text));
    }
}

TEST_CASE("a test that proves too little guards nothing") {
    CHECK_FALSE(clean(Language::python,
                      "def f(c, x):\n  if not re.match('^[^;]+$', x): raise E\n"
                      "  c.execute(f'DROP TABLE {x}')"));
    CHECK_FALSE(clean(Language::python,
                      "def f(c, x):\n  if not re.search('[a-z]+', x): raise E\n"
                      "  c.execute(f'DROP TABLE {x}')"));
    CHECK_FALSE(clean(Language::javascript,
                      "function f(x) { if (!/^a|b$/.test(x)) return; db.query(`DROP TABLE "
                      "${x}`) }"));
    CHECK_FALSE(clean(Language::python,
                      "def pick(k):\n  if k: return 'a'\n  return k\n"
                      "def f(c, k):\n  c.execute(f'SELECT * FROM t ORDER BY {pick(k)}')"));
    CHECK_FALSE(clean(Language::shell, "[[ $1 =~ ^.+$ ]] || exit 1\npsql -c \"DROP TABLE $1\"\n"));
}

TEST_CASE("Shell: tested and filtered values are left alone") {
    for (const std::string text : {
             "[[ $n =~ ^[0-9]+$ ]] || exit 1\npsql -c \"DELETE FROM t WHERE i = $n\"\n",
             "case \"$1\" in ''|*[!0-9]*) exit 1 ;; esac\npsql -c \"DELETE FROM t WHERE i = $1\"\n",
             "case $1 in asc|desc) ;; *) exit 2 ;; esac\npsql -c \"SELECT * FROM t ORDER BY "
             "i $1\"\n",
             "n=$(echo \"$1\" | tr -cd '0-9')\npsql -c \"DELETE FROM t WHERE i = $n\"\n",
             "hex() {\n  printf %s \"$1\" | xxd -p | tr -d '\\n'\n}\nh=$(hex \"$1\")\n"
             "mysql -e \"DELETE FROM t WHERE h = X'$h'\"\n",
         }) {
        CAPTURE(text);
        CHECK(clean(Language::shell, text));
    }
}

TEST_CASE("Shell: clients behind other commands, wrappers and files are seen") {
    CHECK_FALSE(clean(Language::shell, "ssh db \"psql -c \\\"DELETE FROM t WHERE n = "
    "'$1'\\\"\"\n"));
    CHECK_FALSE(clean(Language::shell,
                      "docker exec -i db sh -c 'exec mysql shop' <<END\n"
                      "DELETE FROM t WHERE n = '$1';\nEND\n"));
    CHECK_FALSE(clean(Language::shell, "run() { psql -At \"$@\"; }\nrun -c \"DROP TABLE $1\"\n"));
    CHECK_FALSE(clean(Language::shell,
                      "cat > \"$f\" <<END\n.mode csv\nSELECT * FROM t WHERE n = '$1';\nEND\n"
                      "sqlite3 a.db < \"$f\"\n"));
}

TEST_CASE("fragments that query builders take as text are SQL without its words") {
    CHECK_FALSE(clean(Language::php, "<?php $q->whereRaw(\"MATCH(a) AGAINST ('$x')\");"));
    CHECK(clean(Language::php, "<?php $q->whereRaw('LOWER(a) LIKE ?', ['%' . $x . '%']);"));
    CHECK_FALSE(clean(Language::javascript, "q.where('a', 1).orderByRaw(req.query.sort)"));
    CHECK_FALSE(clean(Language::javascript, "q.where(`u.name = '${name}'`)"));
    CHECK_FALSE(clean(Language::python, "q.extra(where=[\"a = '%s'\" % x])"));
    CHECK(clean(Language::python, "q.extra(where=['a = %s'], params=['%s!' % x])"));
}

TEST_CASE("names in the place of identifiers are medium, unless a request sets them") {
    const auto severity = [](Language language, std::string_view text) {
        const auto found = tk::review::scan_sql(language, text);
        CAPTURE(text);
        REQUIRE(found.size() == 1);
        return found[0].severity;
    };
    CHECK(severity(Language::php, "<?php q(\"SELECT * FROM {$this->table} ORDER BY id\");") ==
          Severity::medium);
    CHECK(severity(Language::php, "<?php q('DELETE FROM `' . $this->table . '` WHERE 1');") ==
          Severity::medium);
    CHECK(severity(Language::php,
                   "<?php q(\"SELECT a FROM t WHERE {$this->primary_key} = 1\");") ==
          Severity::medium);
    CHECK(severity(Language::php, "<?php q(\"SELECT a FROM t WHERE b = '{$this->table}'\");") ==
          Severity::high);
    CHECK(severity(Language::php, "<?php q(\"SELECT * FROM $_GET[t]\");") == Severity::critical);
    CHECK(severity(Language::python, "q = f'DROP TABLE IF EXISTS {name}'") == Severity::medium);
    CHECK(severity(Language::javascript, "q(`INSERT INTO ${table} VALUES (1)`)") ==
          Severity::medium);
    const auto found = tk::review::scan_sql(
        Language::php,
        "<?php q(\"SELECT * FROM {$this->table} WHERE a = '\" . f($b) . \"' AND c = '$d'\");");
    REQUIRE(found.size() == 1);
    CHECK(found[0].severity == Severity::high);
    CHECK(found[0].message.find("`$d`") != std::string::npos);
    const auto named = tk::review::scan_sql(Language::python, "q = f'SELECT * FROM {name}'");
    REQUIRE(named.size() == 1);
    CHECK(named[0].message.find("identifier") != std::string::npos);
}

TEST_CASE("PHP: what functions that quote yield is safe") {
    for (const std::string text : {
             "<?php q('SELECT * FROM ' . $db->table_name('t', true) . ' WHERE a = 1');",
             "<?php q('SELECT * FROM t WHERE a = ' . $db->quote($a));",
             "<?php q('SELECT * FROM t WHERE ' . $db->quote_identifier($a) . ' = 1');",
             "<?php q('SELECT * FROM ' . $db->prefixTable($a) . ' WHERE a = 1');",
             "<?php q('SELECT * FROM t WHERE a IN (' . $db->array2list($ids) . ')');",
             "<?php q('SELECT * FROM t WHERE a IN (' . "
             "implode(',', array_map('intval', $ids)) . ')');",
             "<?php q('SELECT a FROM t WHERE a IN (' . "
             "implode(',', array_map([$db, 'quote'], $ids)) . ')');",
         }) {
        CAPTURE(text);
        CHECK(clean(Language::php, text));
    }
}

TEST_CASE("JavaScript: selectors are no SQL, conditions are") {
    for (const std::string text : {
             R"~(rows.filter('[value="' + n + '"]').hide())~",
             R"~(rows.filter("input[name='" + n + "']").hide())~",
             R"~(rows.filter('.row[data-id="' + n + '"]'))~",
         }) {
        CAPTURE(text);
        CHECK(clean(Language::javascript, text));
    }
    CHECK(lines(Language::javascript, R"~(qb.where("name = '" + n + "'"))~") == kFirst);
    CHECK(lines(Language::javascript, R"~(qb.where("[name] = '" + n + "'"))~") == kFirst);
}

TEST_CASE("shell: arguments and the environment are high, a request is critical") {
    const auto one = [](const std::string& value) {
        const auto found = tk::review::scan_sql(
            Language::shell, "psql -c \"SELECT * FROM t WHERE a = '" + value + "'\"");
        REQUIRE(found.size() == 1);
        return found[0];
    };
    CHECK(one("$1").severity == Severity::high);
    CHECK(one("$1").message.find("the script's arguments") != std::string::npos);
    CHECK(one("$@").message.find("the script's arguments") != std::string::npos);
    CHECK(one("$name").severity == Severity::high);
    CHECK(one("$name").message.find("the environment") != std::string::npos);
    CHECK(one("$QUERY_STRING").severity == Severity::critical);
    CHECK(one("$HTTP_COOKIE").message.find("request input") != std::string::npos);
}
