// Unicode text: validity, normal form, folding. Thread-safe.
#ifndef GI_STORAGE_BASE_TEXT_H_
#define GI_STORAGE_BASE_TEXT_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace gi {

bool IsValidUtf8(absl::string_view text);

// Number of code points; of text that is not UTF-8, the number of bytes that could begin one.
size_t CountChars(absl::string_view text);

// Of text that is not UTF-8: U+FFFD for every byte that begins no character.
std::u32string ToCodePoints(absl::string_view text);

// Canonical composition (NFC) with white space trimmed at both ends, and without what cells and web pages carry along
// unseen: zero-width and no-break spaces of no width (U+200B, U+2060, U+FEFF), soft hyphens. Requires valid UTF-8.
std::string NormalizeText(absl::string_view text);

// True if there is nothing but white space in the text.
bool IsBlank(absl::string_view text);

// For comparing what people type: NFKC, case-folded, all white space and zero-width characters removed.
// Two texts that fold alike are taken to be the same name. Requires valid UTF-8.
// A change of ICU may change the result; an index over it carries the version FoldVersion().
std::string FoldText(absl::string_view text);

// A string that changes when FoldText or FoldName may. Never empty.
std::string FoldVersion();

// True if the text has a character that controls instead of being read: Cc (tab and newline too), line and paragraph
// separators, bidirectional overrides, the byte-order mark, noncharacters; also if it is not UTF-8.
bool HasControlCharacters(absl::string_view text);

// Full-width forms to half-width, white space, zero-width characters and byte-order marks removed, ASCII letters to
// upper case. What identifiers are normalised with before they are judged. Bytes that are not UTF-8 stay as they are.
std::string NormalizeIdentifier(absl::string_view text);

// Of a code in a cell: full-width forms to half-width; letters keep their case. What is no UTF-8 stays as it is.
std::string HalfWidth(absl::string_view text);

// The text reduced to ASCII for scanning, one byte for each character: full-width forms become half-width, decimal
// digits of any script '0'..'9', white space ' ', dashes '-'; zero-width characters are left out and all else becomes
// kOutlineOther.
std::string AsciiOutline(absl::string_view text);

// Most decimal digits of any script one after the other, with spaces and dashes between them or not.
size_t LongestDigitRun(absl::string_view text);
// Whether the text has characters that are numbers and no digits: ①, ², ½, Ⅳ. Folding makes digits of them.
bool HasNumberSigns(absl::string_view text);
inline constexpr char kOutlineOther = '\x7f';

// Columns that the text takes on a terminal (East Asian wide and full-width characters take two, combining ones none).
size_t DisplayWidth(absl::string_view text);

}  // namespace gi

#endif  // GI_STORAGE_BASE_TEXT_H_
