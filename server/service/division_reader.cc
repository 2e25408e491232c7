#include "server/service/division_reader.h"

#include <optional>
#include <utility>

#include "storage/registry/tables.h"

namespace gi::service {

absl::StatusOr<const registry::v1::Division*> DivisionReader::Find(absl::string_view code) {
  if (const auto it = read_.find(code); it != read_.end()) return it->second.get();
  ASSIGN_OR_RETURN(std::optional<table::Row<registry::v1::Division>> row, registry::kDivisions.Get(rows_, code));
  auto kept = row ? std::make_unique<registry::v1::Division>(std::move(row->message)) : nullptr;
  return read_.emplace(code, std::move(kept)).first->second.get();
}

bool DivisionReader::Knows(absl::string_view code) {
  const absl::StatusOr<const registry::v1::Division*> found = Find(code);
  if (!found.ok()) status_ = found.status();
  return found.ok() && *found != nullptr;
}

}  // namespace gi::service
