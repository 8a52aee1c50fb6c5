// A document written anew in one layout.
#include <algorithm>

#include "core/xml/detail/scan.hpp"
#include "core/xml/xml.hpp"

namespace tk::xml {
namespace {

using detail::Token;
constexpr std::size_t kWidth = 120;

void preorder(const Element& e, std::vector<const Element*>& out) {
  out.push_back(&e);
  for (const auto& child : e.children) preorder(child, out);
}

class Layout {
 public:
  Layout(const Document& doc, std::vector<Token> tokens) : source_(doc.source), tokens_(std::move(tokens)) { preorder(doc.root, elements_); }

  std::string write() {
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const auto& t = tokens_[i];
      auto gap = source_.substr(end_, t.at - end_);
      auto lines = std::count(gap.begin(), gap.end(), '\n');
      bool first_inside = i > 0 && tokens_[i - 1].kind == Token::Kind::open;
      if (t.kind == Token::Kind::close) --depth_;
      if (t.kind == Token::Kind::comment && i > 0 && lines == 0 && tokens_[i - 1].kind != Token::Kind::declaration) out_ += ' ';
      else begin_line(lines > 1 && !first_inside && t.kind != Token::Kind::close);
      // <a></a> is <a/>.
      bool closed = t.kind == Token::Kind::open && tokens_[i + 1].kind == Token::Kind::close;
      token(t, closed);
      if (closed) ++i;
      else if (t.kind == Token::Kind::open) ++depth_;
      end_ = tokens_[i].end;
    }
    return std::move(out_) + "\n";
  }

 private:
  void begin_line(bool blank) {
    if (!out_.empty()) out_ += blank ? "\n\n" : "\n";
    out_.append(depth_ * 2, ' ');
  }

  void token(const Token& t, bool closed) {
    switch (t.kind) {
      case Token::Kind::declaration: out_ += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"; return;
      case Token::Kind::comment: return comment(source_.substr(t.at, t.end - t.at));
      case Token::Kind::open: return element(*elements_[t.element], closed);
      case Token::Kind::empty: return element(*elements_[t.element], true);
      case Token::Kind::close: {
        auto name = source_.substr(t.at + 2, t.end - t.at - 2);
        out_ += "</" + std::string(name.substr(0, name.find_first_of(" \t\r\n>"))) + ">";
      }
    }
  }

  // Its lines end as those around it do.
  void comment(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      bool end = text[i] == '\r';
      out_ += end ? '\n' : text[i];
      if (end && i + 1 < text.size() && text[i + 1] == '\n') ++i;
    }
  }

  // Attributes in one line while they fit there.
  void element(const Element& e, bool empty) {
    auto line = out_.rfind('\n') + 1;  // 0 where there is none
    out_ += "<" + e.name;
    for (const auto& a : e.attributes) {
      auto word = a.name + "=\"" + escape(a.value) + "\"";
      if (out_.size() - line + 1 + word.size() > kWidth && out_.size() - line > depth_ * 2 + e.name.size() + 1) {
        out_ += '\n';
        line = out_.size();
        out_.append(depth_ * 2 + 4, ' ');
      } else {
        out_ += ' ';
      }
      out_ += word;
    }
    out_ += empty ? "/>" : ">";
  }

  std::string_view source_;
  std::vector<Token> tokens_;
  std::vector<const Element*> elements_;
  std::string out_;
  std::size_t depth_ = 0, end_ = 0;
};

}  // namespace

Result<std::string> layout(const Document& doc) {
  TK_TRY(auto scanned, detail::scan(doc.source, doc.name));
  return Layout(doc, std::move(scanned.tokens)).write();
}

}  // namespace tk::xml
