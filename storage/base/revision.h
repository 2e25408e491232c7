// A revision: the length of the log at the end of a commit. Revision 0 is the empty register.
#ifndef GI_STORAGE_BASE_REVISION_H_
#define GI_STORAGE_BASE_REVISION_H_

#include <compare>
#include <cstdint>

namespace gi {

struct Revision {
  uint64_t value = 0;
  friend auto operator<=>(const Revision&, const Revision&) = default;
};

}  // namespace gi

#endif  // GI_STORAGE_BASE_REVISION_H_
