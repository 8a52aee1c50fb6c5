#include <zlib.h>

#include <set>
#include <string>

#include "core/crypto/digest.hpp"
#include "core/git/detail/pack.hpp"

namespace tk::git::detail {
namespace {

void put_number(std::string& out, std::uint32_t n) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(n >> shift & 0xFF);
}

// Of an object, its kind and the size of what is unpacked: 4 bits in the first byte, 7 in each further one.
void put_head(std::string& out, std::size_t size) {
  constexpr std::size_t kBlob = 3;
  auto byte = kBlob << 4 | (size & 15);
  for (size >>= 4; size != 0; size >>= 7) {
    out += static_cast<char>(byte | 0x80);
    byte = size & 0x7F;
  }
  out += static_cast<char>(byte);
}

// One stream for all of them: to begin one costs more than to pack a small text.
class Deflate {
 public:
  Deflate() : good_(::deflateInit(&stream_, Z_BEST_SPEED) == Z_OK) {}
  Deflate(const Deflate&) = delete;
  ~Deflate() {
    if (good_) ::deflateEnd(&stream_);
  }
  bool append(std::string& out, std::string_view text) {
    if (!good_ || text.size() > kMost || ::deflateReset(&stream_) != Z_OK) return false;
    auto had = out.size();
    out.resize(had + ::deflateBound(&stream_, text.size()));
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream_.avail_in = static_cast<uInt>(text.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data() + had);
    stream_.avail_out = static_cast<uInt>(out.size() - had);
    if (::deflate(&stream_, Z_FINISH) != Z_STREAM_END) return false;
    out.resize(out.size() - stream_.avail_out);
    return true;
  }

 private:
  static constexpr std::size_t kMost = 1u << 30;
  z_stream stream_{};
  bool good_;
};

bool write(git_odb* odb, const std::string& pack) {
  git_odb_writepack* writer = nullptr;
  git_indexer_progress progress{};
  if (git_odb_write_pack(&writer, odb, nullptr, nullptr) != 0) return false;
  bool done = writer->append(writer, pack.data(), pack.size(), &progress) == 0 && writer->commit(writer, &progress) == 0;
  writer->free(writer);
  return done;
}

}  // namespace

Result<std::vector<git_oid>> pack_blobs(git_odb* odb, const std::vector<std::string_view>& contents) {
  std::vector<git_oid> out;
  std::set<std::string_view> ids;
  out.reserve(contents.size());
  std::string pack("PACK\0\0\0\2\0\0\0\0", 12);
  Deflate deflate;
  for (auto content : contents) {
    auto& id = out.emplace_back();
    if (git_odb_hash(&id, content.data(), content.size(), GIT_OBJECT_BLOB) != 0) return git_failed("name a file's content");
    if (!ids.emplace(reinterpret_cast<const char*>(id.id), GIT_OID_RAWSZ).second) continue;
    put_head(pack, content.size());
    if (!deflate.append(pack, content)) return fail(Code::git_failed, "cannot pack a file's content");
  }
  std::string count;
  put_number(count, static_cast<std::uint32_t>(ids.size()));
  pack.replace(8, 4, count);
  auto sum = crypto::sha1(pack);
  pack.append(reinterpret_cast<const char*>(sum.data()), sum.size());
  if (!write(odb, pack)) return git_failed("write a packfile");
  return out;
}

}  // namespace tk::git::detail
