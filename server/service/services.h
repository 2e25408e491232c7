// All services of the API, with what they keep beside the registry.
#ifndef GI_SERVER_SERVICE_SERVICES_H_
#define GI_SERVER_SERVICE_SERVICES_H_

#include <chrono>
#include <memory>
#include <thread>

#include "absl/status/status.h"
#include "server/projection/projection.h"
#include "server/rpc/method_table.h"
#include "server/search/catalogue_index.h"
#include "server/search/live_index.h"
#include "server/search/title_index.h"
#include "server/service/application/deadline_service.h"
#include "server/service/import/import_revert.h"
#include "server/service/title_finder.h"
#include "storage/registry/registry.h"

namespace gi::service {

class Services final : public registry::Observer {
 public:
  // `registry` must outlive this. A projection that would be larger is given up: checks then read rows.
  explicit Services(registry::Registry& registry, size_t max_projection_bytes = SIZE_MAX);
  ~Services() override;

  // Reads what checks and searches are answered with into memory; takes seconds for millions of grants. Before anything
  // is served. Errors of the store.
  absl::Status Load();

  // Once, after Load: a thread loads the facts of figures and then puts in what has changed, again after every `pause`,
  // so that whoever asks finds them ready. It ends with this, or for good if a row cannot be read.
  void KeepFiguresReady(std::chrono::milliseconds pause = std::chrono::seconds(1));

  // Tells them what has changed.
  void OnCommitted(absl::Span<const engine::ViewCommit> commits, Revision head, int64_t commit_time_us) override;

  const projection::Projection& projection() const { return projection_; }

  // This must outlive the table.
  void Register(rpc::MethodTable& methods);

 private:
  registry::Registry& registry_;
  search::LiveIndex<search::TitleIndex> search_;
  search::LiveIndex<search::CatalogueIndex> catalogue_;
  // Loaded by the first who needs them.
  Figures figures_;
  std::shared_ptr<PastFigures> past_figures_ = std::make_shared<PastFigures>();
  TitleFinder titles_;
  projection::Projection projection_;
  ImportReverts reverts_;
  // Last: it ends before what it uses.
  std::jthread figures_keeper_;
};

}  // namespace gi::service

#endif  // GI_SERVER_SERVICE_SERVICES_H_
