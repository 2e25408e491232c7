// Names as people spell them: what counts as the same name. Thread-safe.
#ifndef GI_STORAGE_BASE_NAME_FOLD_H_
#define GI_STORAGE_BASE_NAME_FOLD_H_

#include <string>

#include "absl/strings/string_view.h"

namespace gi {

// FoldText, and then: traditional characters as simplified, variant characters as their usual form (粬 as 曲), Latin,
// Greek and Cyrillic letters without accents (ø as o, ß as ss), punctuation left out. Two names that fold alike are
// the same name, spelled differently. Empty for text that has nothing else. What is not UTF-8 is left as it is.
// An index over it carries FoldVersion(): the characters come from ICU.
std::string FoldName(absl::string_view text);

}  // namespace gi

#endif  // GI_STORAGE_BASE_NAME_FOLD_H_
