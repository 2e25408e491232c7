#include "server/service/import/row_importers.h"

#include <algorithm>

namespace gi::service {

RowImporters::RowImporters() {
  all_.push_back(DivisionImporter());
  all_.push_back(EntityImporter());
  all_.push_back(IndicationImporter());
  all_.push_back(AuthorizationImporter());
  all_.push_back(ProductImporter());
  all_.push_back(SurveyImporter());
  all_.push_back(SurveyRecordImporter());
  all_.push_back(ApplicationImporter());
  all_.push_back(TargetImporter());
}

const RowImporter* RowImporters::Find(registry::v1::ImportKind kind) const {
  const auto found = std::find_if(all_.begin(), all_.end(), [&](const auto& one) { return one->kind() == kind; });
  return found == all_.end() ? nullptr : found->get();
}

const RowImporter* RowImporters::FindTable(const table::AnyTable& table) const {
  const auto found = std::find_if(all_.begin(), all_.end(), [&](const auto& one) { return &one->table() == &table; });
  return found == all_.end() ? nullptr : found->get();
}

const RowImporter* RowImporters::FindNamed(absl::string_view name, std::string& id) const {
  for (const auto& one : all_) {
    id = domain::IdOfKnownName(name, one->collection());
    if (!id.empty()) return one.get();
  }
  return nullptr;
}

}  // namespace gi::service
