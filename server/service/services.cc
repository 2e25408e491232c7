#include "server/service/services.h"

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>
#include <vector>

#include "server/service/application/application_service.h"
#include "server/service/application/lawbook_service.h"
#include "server/service/archive_service.h"
#include "server/service/authorization_service.h"
#include "server/service/check_service.h"
#include "server/service/division_service.h"
#include "server/service/entity_service.h"
#include "server/service/import/import_service.h"
#include "server/service/indication_search.h"
#include "server/service/indication_service.h"
#include "server/service/indicator/indicator_service.h"
#include "server/service/survey/product_service.h"
#include "server/service/survey/record_service.h"
#include "server/service/survey/ruleset_service.h"
#include "server/service/survey/survey_service.h"
#include "storage/base/status_macros.h"

namespace gi::service {

namespace {

TitleFinder::Similar SimilarIn(const search::LiveIndex<search::TitleIndex>& search) {
  return [&search](absl::string_view name, size_t limit) {
    std::vector<TitleMatches::Match> matches;
    const auto held = search.Newest();
    if (held.index == nullptr) return matches;
    for (search::TitleHit& hit : held.index->Similar(name, limit)) {
      matches.push_back({std::move(hit.id), std::move(hit.matched_name)});
    }
    return matches;
  };
}

}  // namespace

Services::Services(registry::Registry& registry, size_t max_projection_bytes)
    : registry_(registry), titles_(SimilarIn(search_)), projection_(max_projection_bytes), reverts_(registry) {}

Services::~Services() {
  registry_.SetObserver(nullptr);
  figures_.StopLoading();
}

absl::Status Services::Load() {
  const registry::ReadView view = registry_.Newest();
  RETURN_IF_ERROR(search_.Load(view));
  RETURN_IF_ERROR(catalogue_.Load(view));
  RETURN_IF_ERROR(projection_.Load(view));
  figures_.LoadOnDemand(registry_);
  registry_.SetObserver(this);
  reverts_.Start();
  return absl::OkStatus();
}

void Services::KeepFiguresReady(std::chrono::milliseconds pause) {
  figures_keeper_ = std::jthread([this, pause](const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock<std::mutex> lock(mutex);
    while (!stop.stop_requested() && figures_.Newest().index != nullptr) {
      stopped.wait_for(lock, stop, pause, [] { return false; });
    }
  });
}

void Services::OnCommitted(absl::Span<const engine::ViewCommit> commits, Revision head, int64_t commit_time_us) {
  projection_.OnCommitted(commits, head, commit_time_us);
  search_.OnCommitted(commits, head, commit_time_us);
  catalogue_.OnCommitted(commits, head, commit_time_us);
  figures_.OnCommitted(commits, head, commit_time_us);
}

void Services::Register(rpc::MethodTable& methods) {
  RegisterDivisionService(registry_, methods);
  RegisterEntityService(registry_, methods);
  RegisterIndicationService(registry_, methods);
  RegisterIndicationSearch(registry_, search_, methods);
  RegisterAuthorizationService(registry_, methods);
  RegisterSurveyService(registry_, methods);
  RegisterSurveyRecordService(registry_, catalogue_, methods);
  RegisterProductService(registry_, methods);
  RegisterCatalogueSearch(registry_, catalogue_, methods);
  RegisterRuleSetService(registry_, methods);
  RegisterLawBookService(registry_, methods);
  RegisterApplicationService(registry_, methods);
  RegisterDeadlineService(registry_, figures_, past_figures_, methods);
  RegisterIndicatorService(registry_, figures_, past_figures_, methods);
  RegisterIndicatorTargetService(registry_, methods);
  RegisterArchiveService(registry_, methods);
  RegisterImportService(registry_, titles_, reverts_, methods);
  RegisterCheckService({&registry_, &titles_, &projection_}, methods);
}

}  // namespace gi::service
