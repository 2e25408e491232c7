#include "server/service/survey/product_service.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/domain/survey/cultivation.h"
#include "server/service/import/row_importer.h"
#include "server/service/mutate.h"
#include "server/service/references.h"
#include "server/service/survey/product_history.h"
#include "server/service/survey/rows.h"

namespace gi::service {
namespace {

using registry::v1::CultivationTask;
using registry::v1::Product;
using rpc::CallContext;

constexpr int kMaxTasks = 200;

// What must hold of every product, new or corrected.
absl::Status CheckRow(const table::RowReader& rows, const Product& product, FieldViolations& violations) {
  CheckAreaCodes(product.place_codes(), "product.place_codes", violations);
  for (int i = 0; i < product.producers_size(); ++i) {
    RETURN_IF_ERROR(CheckReference<registry::v1::Entity>(rows, product.producers(i),
                                                         absl::StrCat("product.producers[", i, "]"), violations));
  }
  return absl::OkStatus();
}

absl::Status Create(const RuleContext& context, registry::Mutation& mutation,
                    const registry::v1::CreateProductRequest& request, FieldViolations& violations) {
  RETURN_IF_ERROR(domain::RequireDistrict("products", "CREATE", context.roles));
  Product product = request.product();
  CheckGivenId(request.product_id(), "product_id", violations);
  RETURN_IF_ERROR(CheckRow(mutation.rows(), product, violations));
  if (!violations.empty()) return absl::OkStatus();
  product.set_stage(registry::v1::CULTIVATION_STAGE_IDENTIFIED);
  AddCultivationStep(context, mutation, request.reason(), product);
  return StageNew(context, mutation, request.product_id(), std::move(product));
}

absl::Status Correct(const RuleContext& context, registry::Mutation& mutation,
                     const registry::v1::CorrectProductRequest& request, FieldViolations& violations) {
  RETURN_IF_ERROR(domain::RequireDistrict(request.product().name(), "CORRECT", context.roles));
  return StageChange<Product>(
      context, mutation, request.product().name(), "product.name", request.etag(), [&](Product& row) -> absl::Status {
        RETURN_IF_ERROR(ApplyCorrection(request.product(), request.update_mask(), row, violations));
        return CheckRow(mutation.rows(), row, violations);
      });
}

absl::Status Merged(const Product& product) {
  return MakeError(ErrorReason::ERROR_REASON_PRODUCT_MERGED,
                   {{"name", product.name()}, {"into", product.merged_into()}});
}

// A title of the product, or of one that was merged into it.
absl::StatusOr<bool> HasTitle(const table::RowReader& rows, const Product& product) {
  ASSIGN_OR_RETURN(const ProductFamily family, ReadFamily(rows, product.name(), "name"));
  for (const std::string& id : family.ids) {
    ASSIGN_OR_RETURN(const table::IdPage page, table::ScanIds(rows, registry::IndicationsOfProduct(id), "", 1));
    if (!page.ids.empty()) return true;
  }
  return false;
}

absl::Status Move(const RuleContext& context, registry::Mutation& mutation,
                  const registry::v1::MoveProductRequest& request, FieldViolations&) {
  return StageChange<Product>(
      context, mutation, request.name(), "name", request.etag(), [&](Product& row) -> absl::Status {
        if (!row.merged_into().empty()) return Merged(row);
        if (row.steps_size() >= kMaxEvents) return ResourceFull(row.name(), kMaxEvents);
        RETURN_IF_ERROR(domain::CheckMove(row, request.stage(), context.roles, DayInShanghai(mutation.now())));
        if (request.stage() == registry::v1::CULTIVATION_STAGE_TITLED) {
          ASSIGN_OR_RETURN(const bool titled, HasTitle(mutation.rows(), row));
          if (!titled) {
            return MakeError(ErrorReason::ERROR_REASON_STEP_UNSUPPORTED,
                             {{"name", row.name()},
                              {"event", "TITLED"},
                              {"expected", absl::StrCat("an indication whose product is ", row.name())},
                              {"expected_zh", absl::StrCat("product 为 ", row.name(), " 的地理标志")}});
          }
        }
        row.set_stage(request.stage());
        AddCultivationStep(context, mutation, request.reason(), row);
        return absl::OkStatus();
      });
}

// "t1", "t2", …: the first that is not taken.
std::string NewTaskId(const Product& product) {
  for (int number = 1;; ++number) {
    std::string id = absl::StrCat("t", number);
    if (std::none_of(product.tasks().begin(), product.tasks().end(),
                     [&](const CultivationTask& task) { return task.id() == id; })) {
      return id;
    }
  }
}

absl::Status RecordTask(const RuleContext& context, registry::Mutation& mutation,
                        const registry::v1::RecordProductTaskRequest& request, FieldViolations& violations) {
  RETURN_IF_ERROR(domain::RequireDistrict(request.name(), "RECORD_TASK", context.roles));
  if (request.task().has_done_on()) CheckNotAfter(request.task().done_on(), mutation.now(), "task.done_on", violations);
  return StageChange<Product>(
      context, mutation, request.name(), "name", request.etag(), [&](Product& row) -> absl::Status {
        if (!row.merged_into().empty()) return Merged(row);
        auto& tasks = *row.mutable_tasks();
        const auto known = std::find_if(tasks.begin(), tasks.end(),
                                        [&](const CultivationTask& task) { return task.id() == request.task().id(); });
        if (known != tasks.end()) {
          *known = request.task();
          return absl::OkStatus();
        }
        if (!request.task().id().empty()) {
          violations.Add("task.id", ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                         {{"value", domain::EchoValue(request.task().id())},
                          {"expected", "the id of a task of the product, or nothing for a new one"},
                          {"expected_zh", "该产品已有任务的编号，新任务则留空"}});
          return absl::OkStatus();
        }
        if (tasks.size() >= kMaxTasks) return ResourceFull(row.name(), kMaxTasks);
        *tasks.Add() = request.task();
        tasks[tasks.size() - 1].set_id(NewTaskId(row));
        return absl::OkStatus();
      });
}

// How many mergers lie one behind the other, up to this product.
absl::StatusOr<int> MergerDepth(const table::RowReader& rows, const Product& product) {
  int depth = 0;
  std::vector<std::string> level(product.merged_from().begin(), product.merged_from().end());
  for (; !level.empty() && depth < domain::kMostMergers; ++depth) {
    std::vector<std::string> below;
    for (const std::string& name : level) {
      ASSIGN_OR_RETURN(const table::Row<Product> row, ReadNamed<Product>(rows, name, "merged_from"));
      below.insert(below.end(), row.message.merged_from().begin(), row.message.merged_from().end());
    }
    level = std::move(below);
  }
  return depth;
}

absl::Status Merge(const RuleContext& context, registry::Mutation& mutation,
                   const registry::v1::MergeProductRequest& request, FieldViolations& violations) {
  RETURN_IF_ERROR(domain::RequireDistrict(request.name(), "MERGE", context.roles));
  ASSIGN_OR_RETURN(const table::Row<Product> into, ReadNamed<Product>(mutation.rows(), request.into(), "into"));
  if (!into.message.merged_into().empty()) return Merged(into.message);
  if (request.into() == request.name()) {
    violations.Add("into", ErrorReason::ERROR_REASON_FIELD_MALFORMED,
                   {{"value", request.into()}, {"expected", "another product"}, {"expected_zh", "另一个产品"}});
    return absl::OkStatus();
  }
  Product from;
  const absl::Status merged = StageChange<Product>(context, mutation, request.name(), "name", request.etag(),
                                                   [&](Product& row) -> absl::Status {
                                                     if (!row.merged_into().empty()) return Merged(row);
                                                     row.set_merged_into(request.into());
                                                     from = row;
                                                     return absl::OkStatus();
                                                   });
  RETURN_IF_ERROR(merged);
  ASSIGN_OR_RETURN(const int depth, MergerDepth(mutation.rows(), from));
  if (depth + 1 >= domain::kMostMergers) return ResourceFull(request.into(), domain::kMostMergers);
  return ChangeProduct(mutation, request.into(), [&](Product& row) -> absl::Status {
    row.add_merged_from(request.name());
    for (const registry::v1::RecordStanding& standing : from.standings()) RETURN_IF_ERROR(AddStanding(standing, row));
    return absl::OkStatus();
  });
}

// The survivors lose what the product brought.
absl::Status TakeBack(registry::Mutation& mutation, const Product& from, std::string survivor) {
  bool first = true;
  while (!survivor.empty()) {
    std::string next;
    const absl::Status changed = ChangeProduct(mutation, survivor, [&](Product& row) {
      next = row.merged_into();
      for (const registry::v1::RecordStanding& standing : from.standings()) RemoveStanding(standing.record(), row);
      auto& members = *row.mutable_merged_from();
      if (first) members.erase(std::remove(members.begin(), members.end(), from.name()), members.end());
      return absl::OkStatus();
    });
    RETURN_IF_ERROR(changed);
    survivor = std::move(next);
    first = false;
  }
  return absl::OkStatus();
}

absl::Status Unmerge(const RuleContext& context, registry::Mutation& mutation,
                     const registry::v1::UnmergeProductRequest& request, FieldViolations&) {
  RETURN_IF_ERROR(domain::RequireDistrict(request.name(), "UNMERGE", context.roles));
  Product from;
  std::string into;
  const absl::Status undone = StageChange<Product>(
      context, mutation, request.name(), "name", request.etag(), [&](Product& row) -> absl::Status {
        if (row.merged_into().empty()) {
          return MakeError(ErrorReason::ERROR_REASON_STEP_UNSUPPORTED, {{"name", row.name()},
                                                                        {"event", "UNMERGE"},
                                                                        {"expected", "a merging of it"},
                                                                        {"expected_zh", "对它的合并"}});
        }
        into = std::exchange(*row.mutable_merged_into(), "");
        from = row;
        return absl::OkStatus();
      });
  RETURN_IF_ERROR(undone);
  return TakeBack(mutation, from, into);
}

absl::StatusOr<registry::v1::ListProductsResponse> List(const registry::Registry& registry, const CallContext& context,
                                                        const registry::v1::ListProductsRequest& request) {
  const bool any_stage = request.stage() == registry::v1::CULTIVATION_STAGE_UNSPECIFIED;
  const auto range = [&]() -> absl::StatusOr<engine::KeyRange> {
    return any_stage ? registry::AllProducts() : registry::ProductsInStage(request.stage());
  };
  return AnswerList<Product>(registry, context, request, range, [&](const Product& row) {
    if (!row.merged_into().empty() && !request.include_merged()) return false;
    if (request.sector() != registry::v1::SECTOR_UNSPECIFIED && row.sector() != request.sector()) return false;
    return !request.stalled() || !row.stalls().empty();
  });
}

}  // namespace

void RegisterProductService(registry::Registry& registry, rpc::MethodTable& methods) {
  const std::string service = "gi.registry.v1.ProductService/";
  AddMutation<Product>(methods, registry, service + "CreateProduct", Create);
  AddMutation<Product>(methods, registry, service + "CorrectProduct", Correct);
  AddMutation<Product>(methods, registry, service + "MoveProduct", Move);
  AddMutation<Product>(methods, registry, service + "RecordProductTask", RecordTask);
  AddMutation<Product>(methods, registry, service + "MergeProduct", Merge);
  AddMutation<Product>(methods, registry, service + "UnmergeProduct", Unmerge);
  AddGet<Product, registry::v1::GetProductRequest>(methods, registry, service + "GetProduct");
  methods.AddRead<registry::v1::ListProductsRequest, registry::v1::ListProductsResponse>(
      service + "ListProducts",
      [&registry](const CallContext& context, const auto& request) { return List(registry, context, request); });
  methods.AddRead<registry::v1::GetProductHistoryRequest, registry::v1::GetProductHistoryResponse>(
      service + "GetProductHistory",
      [&registry](const CallContext&, const auto& request) { return AnswerHistory(registry, request); });
}

std::unique_ptr<RowImporter> ProductImporter() {
  using Request = registry::v1::CreateProductRequest;
  ImportParts<Product, Request, registry::v1::CorrectProductRequest> parts = {
      registry::v1::IMPORT_KIND_PRODUCTS,
      registry::v1::ImportRow::kProduct,
      Create,
      Correct,
      [](const Request& request) {
        const Product& product = request.product();
        return absl::StrCat(product.display_name(), " ", registry::v1::Sector_Name(product.sector()));
      },
      [](const table::RowReader& rows, const Request& request,
         FieldViolations& violations) -> absl::StatusOr<std::string> {
        const Product& product = request.product();
        ASSIGN_OR_RETURN(
            const table::IdPage page,
            table::ScanIds(rows, registry::ProductsWithKey(product.display_name(), product.sector()), "", 2));
        return OnlyId(page, "product.display_name", product.display_name(), violations);
      },
  };
  parts.keys_may_repeat = true;
  parts.may_change = [](const Product& product, domain::SurveyRoles roles, Day) {
    return domain::RequireDistrict(product.name(), "CORRECT", roles);
  };
  parts.state_lost = [](const Request& request) {
    const Product& product = request.product();
    if (!product.merged_into().empty()) return absl::StrCat("merged into ", product.merged_into());
    return product.stage() > registry::v1::CULTIVATION_STAGE_IDENTIFIED
               ? registry::v1::CultivationStage_Name(product.stage())
               : "";
  };
  return MakeRowImporter(std::move(parts));
}

}  // namespace gi::service
