// RETURN_IF_ERROR and ASSIGN_OR_RETURN, named as Abseil names them; Debian's Abseil has none yet. Delete when it does.
#ifndef GI_STORAGE_BASE_STATUS_MACROS_H_
#define GI_STORAGE_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define RETURN_IF_ERROR(expr)                                                  \
  do {                                                                         \
    if (absl::Status gi_status_ = (expr); !gi_status_.ok()) return gi_status_; \
  } while (false)

#define GI_CONCAT_INNER_(a, b) a##b
#define GI_CONCAT_(a, b) GI_CONCAT_INNER_(a, b)
#define ASSIGN_OR_RETURN(lhs, expr) GI_ASSIGN_OR_RETURN_(GI_CONCAT_(gi_statusor_, __LINE__), lhs, expr)
#define GI_ASSIGN_OR_RETURN_(tmp, lhs, expr)     \
  auto tmp = (expr);                             \
  if (!tmp.ok()) return std::move(tmp).status(); \
  lhs = *std::move(tmp)

#endif  // GI_STORAGE_BASE_STATUS_MACROS_H_
