// Unicode text: validity, normal form, folding. Thread-safe.
#ifndef GI_STORAGE_BASE_TEXT_H_
#define GI_STORAGE_BASE_TEXT_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace gi {

bool IsValidUtf8(absl::string_view text);

// Number of code points. Requires valid UTF-8.
size_t CountChars(absl::string_view text);

// Canonical composition (NFC) with white space trimmed at both ends. Requires valid UTF-8.
std::string NormalizeText(absl::string_view text);

// For comparing what people type: NFKC, case-folded, all white space and zero-width characters removed.
// Two texts that fold alike are taken to be the same name. Requires valid UTF-8.
// A change of ICU may change the result; an index over it carries the version FoldVersion().
std::string FoldText(absl::string_view text);

// A string that changes when FoldText may.
std::string FoldVersion();

// True if the text has a control character (Cc, Cs, noncharacter or unassigned private BOM); tab and newline count too.
bool HasControlCharacters(absl::string_view text);

// Full-width forms to half-width, white space, zero-width characters and byte-order marks removed, letters to upper case.
// What identifiers are normalised with before they are judged.
std::string NormalizeIdentifier(absl::string_view text);

// Columns that the text takes on a terminal (East Asian wide and full-width characters take two, combining ones none).
size_t DisplayWidth(absl::string_view text);

}  // namespace gi

#endif  // GI_STORAGE_BASE_TEXT_H_
