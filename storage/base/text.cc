#include "storage/base/text.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>
#include <unicode/uversion.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace gi {
namespace {

// The rules of FoldText and FoldName themselves, beside those of ICU.
constexpr char kFoldRules[] = "nfkc-casefold-1, names-2";

bool IsAscii(absl::string_view text) {
  uint64_t high_bits = 0;
  size_t i = 0;
  for (; i + sizeof(uint64_t) <= text.size(); i += sizeof(uint64_t)) {
    uint64_t word;
    std::memcpy(&word, text.data() + i, sizeof(word));
    high_bits |= word;
  }
  for (; i < text.size(); ++i) high_bits |= static_cast<uint8_t>(text[i]);
  return (high_bits & 0x8080808080808080u) == 0;
}

// ASCII and unified Han characters (U+4E00 to U+9FFF) only, as most text here: these are in every normal form as they
// are, and apart from those of ASCII none of them is white space, has a case or is invisible.
bool IsPlain(absl::string_view text) {
  if (IsAscii(text)) return true;
  for (size_t i = 0; i < text.size();) {
    const auto lead = static_cast<uint8_t>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    if (lead < 0xe4 || lead > 0xe9 || text.size() - i < 3) return false;
    const auto second = static_cast<uint8_t>(text[i + 1]), third = static_cast<uint8_t>(text[i + 2]);
    if ((second & 0xc0) != 0x80 || (third & 0xc0) != 0x80 || (lead == 0xe4 && second < 0xb8)) return false;
    i += 3;
  }
  return true;
}

// Decodes the character at `position` and moves past it; negative for a byte that is not UTF-8.
UChar32 NextChar(absl::string_view text, size_t& position) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  UChar32 c;
  U8_NEXT(bytes, position, text.size(), c);
  return c;
}

UChar32 ToHalfWidth(UChar32 c) { return c >= 0xff01 && c <= 0xff5e ? c - 0xfee0 : c; }

// Most of what is scanned; spares it the look-ups of properties.
bool IsHan(UChar32 c) { return c >= 0x3400 && c <= 0x9fff; }

bool IsInvisible(UChar32 c) { return u_isUWhiteSpace(c) || u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT); }

bool IsZeroWidth(UChar32 c) { return c == 0x200b || c == 0x2060 || c == 0xfeff || c == 0xad; }

constexpr UChar32 kNone = -1;

// With each character replaced by what `map` says; kNone: by nothing.
template <class Map>
std::string Filtered(absl::string_view text, Map map) {
  std::string filtered;
  filtered.reserve(text.size());
  for (size_t position = 0; position < text.size();) {
    const size_t start = position;
    const UChar32 c = NextChar(text, position);
    const UChar32 mapped = c < 0 ? c : map(c);
    if (c < 0 || mapped == c) {
      filtered.append(text.data() + start, position - start);
    } else if (mapped != kNone) {
      filtered.push_back(static_cast<char>(mapped));
    }
  }
  return filtered;
}

absl::string_view TrimWhiteSpace(absl::string_view text) {
  size_t begin = text.size();
  size_t end = 0;
  for (size_t position = 0; position < text.size();) {
    const size_t start = position;
    if (u_isUWhiteSpace(NextChar(text, position))) continue;
    if (begin == text.size()) begin = start;
    end = position;
  }
  return begin < end ? text.substr(begin, end - begin) : absl::string_view();
}

icu::StringPiece Piece(absl::string_view text) { return {text.data(), static_cast<int32_t>(text.size())}; }

// ICU's data is part of its library: an instance that cannot be had means a broken installation.
const icu::Normalizer2& Checked(const icu::Normalizer2* normalizer) {
  if (normalizer == nullptr) std::abort();
  return *normalizer;
}

const icu::Normalizer2& Nfc() {
  UErrorCode error = U_ZERO_ERROR;
  return Checked(icu::Normalizer2::getNFCInstance(error));
}

const icu::Normalizer2& NfkcCasefold() {
  UErrorCode error = U_ZERO_ERROR;
  return Checked(icu::Normalizer2::getNFKCCasefoldInstance(error));
}

std::string Normalize(const icu::Normalizer2& normalizer, absl::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  std::string normalized;
  icu::StringByteSink<std::string> sink(&normalized, static_cast<int32_t>(text.size()));
  normalizer.normalizeUTF8(0, Piece(text), sink, nullptr, error);
  if (U_FAILURE(error)) std::abort();
  return normalized;
}

std::string WithoutInvisible(absl::string_view text) {
  std::string visible;
  visible.reserve(text.size());
  for (size_t position = 0; position < text.size();) {
    const size_t start = position;
    const UChar32 c = NextChar(text, position);
    if (c < 0 || !IsInvisible(c)) visible.append(text.data() + start, position - start);
  }
  return visible;
}

bool IsControl(UChar32 c) {
  const bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
  const bool line_break = c == 0x2028 || c == 0x2029;
  // Make a text look other than it reads.
  const bool bidirectional = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
  const bool byte_order_mark = c == 0xfeff;
  return control || line_break || bidirectional || byte_order_mark || U_IS_UNICODE_NONCHAR(c);
}

size_t CharWidth(UChar32 c) {
  constexpr uint32_t kZeroWidth =
      U_GC_MN_MASK | U_GC_ME_MASK | U_GC_CF_MASK | U_GC_CC_MASK | U_GC_ZL_MASK | U_GC_ZP_MASK;
  if ((U_GET_GC_MASK(c) & kZeroWidth) != 0) return 0;
  const int width = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
  return width == U_EA_WIDE || width == U_EA_FULLWIDTH ? 2 : 1;
}

}  // namespace

bool IsValidUtf8(absl::string_view text) {
  if (IsAscii(text)) return true;
  for (size_t position = 0; position < text.size();) {
    if (NextChar(text, position) < 0) return false;
  }
  return true;
}

size_t CountChars(absl::string_view text) {
  size_t count = 0;
  for (char byte : text) count += (static_cast<uint8_t>(byte) & 0xc0) != 0x80;
  return count;
}

std::u32string ToCodePoints(absl::string_view text) {
  std::u32string points;
  for (size_t position = 0; position < text.size();) {
    const UChar32 c = NextChar(text, position);
    points.push_back(c < 0 ? U'\ufffd' : static_cast<char32_t>(c));
  }
  return points;
}

std::string NormalizeText(absl::string_view text) {
  if (IsPlain(text)) return std::string(absl::StripAsciiWhitespace(text));
  const std::string seen = Filtered(text, [](UChar32 c) { return IsZeroWidth(c) ? kNone : c; });
  return Normalize(Nfc(), TrimWhiteSpace(seen));
}

bool IsBlank(absl::string_view text) {
  for (size_t position = 0; position < text.size();) {
    if (!u_isUWhiteSpace(NextChar(text, position))) return false;
  }
  return true;
}

std::string FoldText(absl::string_view text) {
  if (IsPlain(text)) {
    std::string folded;
    folded.reserve(text.size());
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (!absl::ascii_isspace(byte)) folded.push_back(absl::ascii_tolower(byte));
    }
    return folded;
  }
  const std::string folded = Normalize(NfkcCasefold(), text);
  const std::string visible = WithoutInvisible(folded);
  // Characters that white space held apart may compose now.
  return visible.size() == folded.size() ? visible : Normalize(NfkcCasefold(), visible);
}

std::string FoldVersion() {
  UVersionInfo icu;
  UVersionInfo unicode;
  u_getVersion(icu);
  u_getUnicodeVersion(unicode);
  return absl::StrCat(kFoldRules, "/icu-", icu[0], ".", icu[1], "/unicode-", unicode[0], ".", unicode[1]);
}

bool HasControlCharacters(absl::string_view text) {
  for (size_t position = 0; position < text.size();) {
    const auto byte = static_cast<uint8_t>(text[position]);
    if (byte >= 0x20 && byte < 0x7f) {
      ++position;
    } else if (IsControl(NextChar(text, position))) {
      return true;
    }
  }
  return false;
}

std::string NormalizeIdentifier(absl::string_view text) {
  std::string identifier;
  identifier.reserve(text.size());
  for (size_t position = 0; position < text.size();) {
    const size_t start = position;
    const UChar32 c = ToHalfWidth(NextChar(text, position));
    if (c > 0x20 && c < 0x7f) {
      identifier.push_back(absl::ascii_toupper(static_cast<unsigned char>(c)));
    } else if (c < 0 || !IsInvisible(c)) {
      // Only ASCII letters change case: some others would become ASCII.
      identifier.append(text.data() + start, position - start);
    }
  }
  return identifier;
}

std::string HalfWidth(absl::string_view text) {
  if (IsAscii(text)) return std::string(text);
  return Filtered(text, ToHalfWidth);
}

std::string AsciiOutline(absl::string_view text) {
  std::string outline;
  outline.reserve(text.size());
  for (size_t position = 0; position < text.size();) {
    const UChar32 c = ToHalfWidth(NextChar(text, position));
    if (c > 0x20 && c < 0x7f) {
      outline.push_back(static_cast<char>(c));
    } else if (c < 0 || IsHan(c)) {  // NOLINT(bugprone-branch-clone): what most text is, spared the look-ups below
      outline.push_back(kOutlineOther);
    } else if (u_isUWhiteSpace(c)) {
      outline.push_back(' ');
    } else if (u_isdigit(c)) {
      outline.push_back(static_cast<char>('0' + u_charDigitValue(c)));
    } else if (u_charType(c) == U_DASH_PUNCTUATION) {
      outline.push_back('-');
    } else if (!IsInvisible(c)) {
      outline.push_back(kOutlineOther);
    }
  }
  return outline;
}

bool HasNumberSigns(absl::string_view text) {
  for (size_t position = 0; position < text.size();) {
    const UChar32 c = NextChar(text, position);
    if (c < 0x80 || IsHan(c)) continue;
    const int8_t type = u_charType(c);
    if (type == U_OTHER_NUMBER || type == U_LETTER_NUMBER) return true;
  }
  return false;
}

size_t LongestDigitRun(absl::string_view text) {
  size_t digits = 0, most = 0;
  for (const char c : AsciiOutline(text)) {
    if (c == ' ' || c == '-') continue;
    digits = absl::ascii_isdigit(static_cast<unsigned char>(c)) ? digits + 1 : 0;
    most = std::max(most, digits);
  }
  return most;
}

size_t DisplayWidth(absl::string_view text) {
  size_t width = 0;
  for (size_t position = 0; position < text.size();) width += CharWidth(NextChar(text, position));
  return width;
}

}  // namespace gi
