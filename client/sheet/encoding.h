// The encodings that Chinese spreadsheets and their exports come in, told apart by what is valid and never by guessing.
#ifndef GI_CLIENT_SHEET_ENCODING_H_
#define GI_CLIENT_SHEET_ENCODING_H_

#include <cstdint>
#include <istream>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace gi::client::sheet {

enum class TextEncoding {
  kUtf8,
  // With a byte-order mark before it.
  kUtf8WithMark,
  kUtf16Le,
  kUtf16Be,
  // With GBK and GB2312, which are parts of it.
  kGb18030,
};
// "UTF-8", "UTF-8 with BOM", "UTF-16LE", "UTF-16BE", "GB18030". Static.
const char* NameOf(TextEncoding encoding);

// Bytes that come piece by piece into UTF-8. Belongs to one thread.
class Decoder {
 public:
  explicit Decoder(TextEncoding encoding);
  ~Decoder();
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  // Appends what the bytes mean to `text`; `last`: no more will come. A byte-order mark at the beginning is left out.
  // False for bytes that this encoding does not have, and for the character U+0000, which is in no text; text up to
  // there is appended.
  bool Decode(absl::string_view bytes, bool last, std::string& text);
  // How far it has come: 1 for the first line.
  int64_t line() const { return line_; }

 private:
  struct Converter;
  const std::unique_ptr<Converter> converter_;
  int64_t line_ = 1;
  bool begun_ = false;
};

// Reads the stream to its end, several times if need be, and leaves it at the beginning. In this order: a byte-order
// mark, UTF-8, UTF-16 in both orders if there are zero bytes, GB18030. INVALID_ARGUMENT if it is none of them, with the
// line up to which it was UTF-8 and the one up to which it was GB18030.
absl::StatusOr<TextEncoding> DetectEncoding(std::istream& in);

// UTF-8 text in an encoding, without a byte-order mark; MarkOf has that.
std::string Encode(absl::string_view text, TextEncoding encoding);
// "" if it has none.
absl::string_view MarkOf(TextEncoding encoding);

}  // namespace gi::client::sheet

#endif  // GI_CLIENT_SHEET_ENCODING_H_
