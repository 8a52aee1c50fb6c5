#include <doctest/doctest.h>

#include "core/xml/xml.hpp"

using namespace tk;

TEST_CASE("what an entity may not hold is refused at its place") {
  struct Case { const char* text; int line, column; };
  for (auto c : {Case{"<!DOCTYPE a [<!ENTITY x 'y'>]><a/>", 1, 1}, Case{"<a/><b/>", 1, 5}, Case{"<a>\n <b></a>", 2, 5},
                 Case{"<a x='1' x='2'/>", 1, 10}, Case{"<a>&nope;</a>", 1, 4}, Case{"<a x=1/>", 1, 6},
                 Case{"<a x='<'/>", 1, 7}, Case{"<a", 1, 1}, Case{"", 1, 1}, Case{"text", 1, 1}, Case{"<a>\x01</a>", 1, 4}}) {
    auto doc = xml::parse(c.text, "f.xml");
    REQUIRE_FALSE(doc);
    CAPTURE(c.text);
    CHECK(doc.error().where.line == c.line);
    CHECK(doc.error().where.column == c.column);
  }
  std::string deep;
  for (int i = 0; i < 33; ++i) deep += "<a>";
  CHECK_FALSE(xml::parse(deep, "f.xml"));
  CHECK_FALSE(xml::parse("<a>" + std::string(2u << 20, 'x') + "</a>", "f.xml"));
}

TEST_CASE("an attribute is edited without touching another byte") {
  const char* text = "<user   name='al'  unix=\"al\"\n  title='a &amp; b'><!-- keep --></user>\n";
  auto doc = xml::parse(text, "f.xml").value();
  CHECK(doc.root.get("title") == "a & b");
  CHECK(xml::with_attribute(doc, doc.root, "unix", "b\"<b") ==
        "<user   name='al'  unix=\"b&quot;&lt;b\"\n  title='a &amp; b'><!-- keep --></user>\n");
  CHECK(xml::with_attribute(doc, doc.root, "email", "x") ==
        "<user   name='al'  unix=\"al\"\n  title='a &amp; b' email=\"x\"><!-- keep --></user>\n");
  CHECK(xml::without_attribute(doc, *doc.root.find("unix")) ==
        "<user   name='al'\n  title='a &amp; b'><!-- keep --></user>\n");
}

TEST_CASE("a reference to what is no character is refused: no value ends early or is no UTF-8") {
  for (const char* bad : {"<a x='root&#0;'/>", "<a x='&#xD800;'/>", "<a x='&#x110000;'/>", "<a x='&#;'/>",
                          "<a x='&#x;'/>", "<a x='&#!41;'/>", "<a>&#-1;</a>", "<a>&#xFFFE;</a>", "<a>&#1;</a>"})
    CHECK_FALSE(xml::parse(bad, "f.xml"));
  CHECK(xml::parse("<a x='&#65;&#x1F600;&#10;'/>", "f.xml").value().root.get("x") == "A\xF0\x9F\x98\x80\n");
  std::string many = "<a";
  for (int i = 0; i < 50000; ++i) many += " a" + std::to_string(i) + "=''";
  CHECK_FALSE(xml::parse(many + "/>", "f.xml"));
}
