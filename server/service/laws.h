// The law books of a state of the register, read as one. Thread-safe.
#ifndef GI_SERVER_SERVICE_LAWS_H_
#define GI_SERVER_SERVICE_LAWS_H_

#include <memory>

#include "absl/status/statusor.h"
#include "server/domain/clock/law_library.h"
#include "storage/registry/derived_cache.h"
#include "storage/table/row_reader.h"

namespace gi::service {

absl::StatusOr<std::shared_ptr<const domain::LawLibrary>> ReadLaws(const table::RowReader& rows,
                                                                   registry::DerivedCache& derived);

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_LAWS_H_
