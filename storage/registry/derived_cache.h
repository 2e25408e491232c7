// Things worked out from the rows of a range, kept with the revisions of the rows that they were made from: what many
// requests need, is dear to make and seldom changes (the law books). Thread-safe.
#ifndef GI_STORAGE_REGISTRY_DERIVED_CACHE_H_
#define GI_STORAGE_REGISTRY_DERIVED_CACHE_H_

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <typeindex>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"
#include "storage/table/row_reader.h"

namespace gi::registry {

class DerivedCache {
 public:
  // What `make` gives for the values of the rows in the range, in the order of their keys. `make` runs only if the rows
  // are not those that a kept thing of the same type was made from. Its errors and those of the store.
  template <class Made>
  absl::StatusOr<std::shared_ptr<const Made>> Of(
      const table::RowReader& rows, const engine::KeyRange& range,
      absl::FunctionRef<absl::StatusOr<Made>(const std::vector<std::string>& values)> make) {
    std::string made_from = range.begin;
    std::vector<std::string> values;
    const std::unique_ptr<engine::ViewScan> scan = rows.Scan(range);
    while (scan->Next()) {
      absl::StrAppend(&made_from, scan->key(), " ", scan->revision().value, "\n");
      values.emplace_back(scan->value());
    }
    RETURN_IF_ERROR(scan->status());
    if (std::shared_ptr<const void> kept = Find(typeid(Made), made_from); kept != nullptr) {
      return std::static_pointer_cast<const Made>(std::move(kept));
    }
    ASSIGN_OR_RETURN(Made made, make(values));
    auto shared = std::make_shared<const Made>(std::move(made));
    Keep(typeid(Made), std::move(made_from), shared);
    return shared;
  }

 private:
  static constexpr size_t kMostKept = 8;

  struct Kept {
    std::type_index type;
    std::string made_from;
    std::shared_ptr<const void> made;
  };

  std::shared_ptr<const void> Find(std::type_index type, const std::string& made_from) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    for (const Kept& kept : kept_) {
      if (kept.type == type && kept.made_from == made_from) return kept.made;
    }
    return nullptr;
  }

  void Keep(std::type_index type, std::string made_from, std::shared_ptr<const void> made) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (kept_.size() == kMostKept) kept_.pop_front();
    kept_.push_back({type, std::move(made_from), std::move(made)});
  }

  mutable std::mutex mutex_;
  std::deque<Kept> kept_;
};

}  // namespace gi::registry

#endif  // GI_STORAGE_REGISTRY_DERIVED_CACHE_H_
