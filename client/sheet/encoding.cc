#include "client/sheet/encoding.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/sheet/rows.h"
#include "unicode/ucnv.h"
#include "unicode/ucnv_err.h"
#include "unicode/ustring.h"
#include "unicode/utf16.h"

namespace gi::client::sheet {
namespace {

constexpr size_t kBlock = 64 << 10;
constexpr absl::string_view kUtf8Mark = "\xEF\xBB\xBF";
constexpr absl::string_view kUtf16LeMark = "\xFF\xFE";
constexpr absl::string_view kUtf16BeMark = "\xFE\xFF";
constexpr char16_t kMark = 0xFEFF;

const char* IcuNameOf(TextEncoding encoding) {
  switch (encoding) {
    case TextEncoding::kUtf8:
    case TextEncoding::kUtf8WithMark:
      return "UTF-8";
    case TextEncoding::kUtf16Le:
      return "UTF-16LE";
    case TextEncoding::kUtf16Be:
      return "UTF-16BE";
    case TextEncoding::kGb18030:
      return "gb18030";
  }
  return "UTF-8";
}

void AppendUtf8(const std::vector<char16_t>& units, size_t count, std::string& text) {
  // Three bytes a unit at most.
  const size_t before = text.size();
  text.resize(before + 3 * count);
  int32_t length = 0;
  UErrorCode error = U_ZERO_ERROR;
  u_strToUTF8(text.data() + before, static_cast<int32_t>(3 * count), &length, units.data(), static_cast<int32_t>(count),
              &error);
  text.resize(before + static_cast<size_t>(U_SUCCESS(error) ? length : 0));
}

// The encoding that the first bytes name.
std::optional<TextEncoding> MarkedEncoding(absl::string_view bytes) {
  if (absl::StartsWith(bytes, kUtf8Mark)) return TextEncoding::kUtf8WithMark;
  if (absl::StartsWith(bytes, kUtf16LeMark)) return TextEncoding::kUtf16Le;
  if (absl::StartsWith(bytes, kUtf16BeMark)) return TextEncoding::kUtf16Be;
  return std::nullopt;
}

void Rewind(std::istream& in) {
  in.clear();
  in.seekg(0);
}

// 0 if all of the stream is valid, otherwise the line that is not.
int64_t FirstInvalidLine(std::istream& in, TextEncoding encoding) {
  Rewind(in);
  Decoder decoder(encoding);
  std::string block(kBlock, '\0'), text;
  while (true) {
    in.read(block.data(), static_cast<std::streamsize>(block.size()));
    const absl::string_view bytes(block.data(), static_cast<size_t>(in.gcount()));
    text.clear();
    if (!decoder.Decode(bytes, bytes.empty(), text)) return decoder.line();
    if (bytes.empty()) return 0;
  }
}

bool HasZeroBytes(std::istream& in) {
  Rewind(in);
  std::string block(kBlock, '\0');
  in.read(block.data(), static_cast<std::streamsize>(block.size()));
  return absl::string_view(block.data(), static_cast<size_t>(in.gcount())).find('\0') != absl::string_view::npos;
}

}  // namespace

const char* NameOf(TextEncoding encoding) {
  if (encoding == TextEncoding::kUtf8WithMark) return "UTF-8 with BOM";
  return encoding == TextEncoding::kGb18030 ? "GB18030" : IcuNameOf(encoding);
}

struct Decoder::Converter {
  UConverter* icu = nullptr;
  std::vector<char16_t> units = std::vector<char16_t>(kBlock);
  // The first half of a pair whose second half has not come.
  std::optional<char16_t> lead;
};

Decoder::Decoder(TextEncoding encoding) : converter_(std::make_unique<Converter>()) {
  UErrorCode error = U_ZERO_ERROR;
  converter_->icu = ucnv_open(IcuNameOf(encoding), &error);
  ucnv_setToUCallBack(converter_->icu, UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &error);
}

Decoder::~Decoder() { ucnv_close(converter_->icu); }

bool Decoder::Decode(absl::string_view bytes, bool last, std::string& text) {
  const char* next = bytes.data();
  const char* const end = bytes.data() + bytes.size();
  std::vector<char16_t>& units = converter_->units;
  while (true) {
    size_t count = 0;
    if (converter_->lead) units[count++] = *converter_->lead;
    converter_->lead.reset();
    UErrorCode error = U_ZERO_ERROR;
    UChar* target = units.data() + count;
    ucnv_toUnicode(converter_->icu, &target, units.data() + units.size(), &next, end, nullptr, last, &error);
    count = static_cast<size_t>(target - units.data());
    if (!begun_ && count > 0) {
      begun_ = true;
      if (units[0] == kMark) {
        std::copy(units.begin() + 1, units.begin() + static_cast<ptrdiff_t>(count), units.begin());
        --count;
      }
    }
    if (count > 0 && U16_IS_LEAD(units[count - 1]) && !last) converter_->lead = units[--count];
    const auto zero = std::find(units.begin(), units.begin() + static_cast<ptrdiff_t>(count), u'\0');
    const bool has_zero = zero != units.begin() + static_cast<ptrdiff_t>(count);
    if (has_zero) count = static_cast<size_t>(zero - units.begin());
    line_ += std::count(units.begin(), units.begin() + static_cast<ptrdiff_t>(count), u'\n');
    AppendUtf8(units, count, text);
    if (has_zero) return false;
    if (error == U_BUFFER_OVERFLOW_ERROR) continue;
    return U_SUCCESS(error);
  }
}

absl::StatusOr<TextEncoding> DetectEncoding(std::istream& in) {
  Rewind(in);
  char head[3] = {};
  in.read(head, sizeof(head));
  const auto marked = MarkedEncoding(absl::string_view(head, static_cast<size_t>(in.gcount())));
  std::vector<TextEncoding> candidates = {TextEncoding::kUtf8};
  if (marked) {
    candidates = {*marked};
  } else if (HasZeroBytes(in)) {
    candidates.insert(candidates.end(), {TextEncoding::kUtf16Le, TextEncoding::kUtf16Be});
  } else {
    candidates.push_back(TextEncoding::kGb18030);
  }
  std::string tried;
  for (const TextEncoding candidate : candidates) {
    const int64_t line = FirstInvalidLine(in, candidate);
    Rewind(in);
    if (line == 0) return candidate;
    absl::StrAppend(&tried, tried.empty() ? "" : "; ", "not ", NameOf(candidate), " in line ", line);
  }
  return SheetError(
      {absl::StrCat("文本不是 UTF-8、UTF-16 或 GB18030 编码（", tried, "）：请另存为“CSV UTF-8”，或改正该行"),
       absl::StrCat("the text is in none of the encodings UTF-8, UTF-16 and GB18030 (", tried,
                    "): save it again as \"CSV UTF-8\", or correct the line")});
}

std::string Encode(absl::string_view text, TextEncoding encoding) {
  if (encoding == TextEncoding::kUtf8 || encoding == TextEncoding::kUtf8WithMark) return std::string(text);
  std::string bytes(4 * text.size() + 16, '\0');
  UErrorCode error = U_ZERO_ERROR;
  UConverter* to = ucnv_open(IcuNameOf(encoding), &error);
  UConverter* from = ucnv_open("UTF-8", &error);
  char* target = bytes.data();
  const char* source = text.data();
  ucnv_convertEx(to, from, &target, bytes.data() + bytes.size(), &source, text.data() + text.size(), nullptr, nullptr,
                 nullptr, nullptr, true, true, &error);
  bytes.resize(static_cast<size_t>(target - bytes.data()));
  ucnv_close(to);
  ucnv_close(from);
  return bytes;
}

absl::string_view MarkOf(TextEncoding encoding) {
  switch (encoding) {
    case TextEncoding::kUtf8WithMark:
      return kUtf8Mark;
    case TextEncoding::kUtf16Le:
      return kUtf16LeMark;
    case TextEncoding::kUtf16Be:
      return kUtf16BeMark;
    default:
      return "";
  }
}

}  // namespace gi::client::sheet
