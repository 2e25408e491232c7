// Courses: any application and any law book that bytes can say, through all that is worked out from them.
//
// Input: the size of the law book's bytes (one byte, times 16), the law book, the application.
#include <string>
#include <utility>
#include <vector>

#include "gi/registry/v1/application.pb.h"
#include "gi/registry/v1/lawbook.pb.h"
#include "server/domain/application/application_deadlines.h"
#include "server/domain/application/application_rules.h"
#include "server/domain/application/changes.h"
#include "server/domain/application/course.h"
#include "server/domain/application/derive.h"
#include "server/domain/application/title_link.h"
#include "server/domain/clock/icalendar.h"
#include "server/domain/clock/law_library.h"
#include "server/domain/indicator/facts.h"
#include "server/domain/title.h"
#include "storage/base/text.h"
#include "tests/fuzz/fuzz.h"

namespace gi::fuzz {
namespace {

namespace v1 = registry::v1;

// What the rules of the field would have refused long before.
bool IsTame(const v1::LawBook& book) {
  FieldViolations violations;
  domain::CheckLawBook(book, domain::LawLibrary(), "lawbook", violations);
  for (const v1::ClockRule& rule : book.clock_rules()) {
    if (rule.length().unit() == v1::PERIOD_UNIT_UNSPECIFIED) return false;
  }
  return violations.empty();
}

void Walk(v1::Application application, const domain::LawLibrary& laws) {
  domain::AssignEventIds(*application.mutable_events());
  const domain::ApplicationCourse course(application, laws);
  const std::vector<domain::Deadline> deadlines = domain::DeadlinesOf(course, laws);
  const std::vector<domain::Deadline> bare = domain::DeadlinesOf(course, laws, domain::Explain::kNo);
  FUZZ_CHECK(bare.size() == deadlines.size());
  std::vector<v1::Deadline> messages;
  for (size_t i = 0; i < deadlines.size(); ++i) {
    FUZZ_CHECK(bare[i].end.due == deadlines[i].end.due);
    FUZZ_CHECK(!deadlines[i].end.steps.empty() && bare[i].end.steps.empty());
    messages.push_back(domain::ToMessage(application, deadlines[i], Day{20000}));
  }
  domain::ToICalendar(messages, "fuzz", absl::FromUnixSeconds(0), Language::kEnglish);
  const auto title_events = domain::TitleEventsOf(course, deadlines, laws);
  if (domain::HasTitle(course)) {
    v1::Indication title = domain::NewTitle(course);
    domain::UpdateTitle(course, title_events, title);
    FUZZ_CHECK(domain::UpdateTitle(course, title_events, title).empty());
    domain::FactOf(title, laws);
  }
  const domain::Consequences all = domain::ConsequencesOf(course, deadlines, title_events);
  v1::ApplicationEvent event;
  domain::DescribeChanges({}, all, event);
  FUZZ_CHECK(static_cast<size_t>(event.changes_size()) <= domain::kMaxChanges);
  domain::CheckApplicationCourse(application, laws).IgnoreError();
  domain::CheckReadyToFile(application, laws).IgnoreError();
  FieldViolations violations;
  domain::CheckApplication(application, laws, "application", violations);
  for (const v1::ApplicationEvent& one : application.events()) {
    domain::CheckApplicationEvent(application, one, application.law(), laws, "event", violations);
  }
  const domain::ApplicationFact fact = domain::FactOf(application, laws);
  FUZZ_CHECK(fact.deadlines.size() == deadlines.size());
  domain::DeriveState(Day{20000}, laws, application);
}

}  // namespace
}  // namespace gi::fuzz

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  gi::fuzz::SilenceProtobuf();
  gi::fuzz::Input input(data, size);
  const size_t book_size = size_t{16} * input.Byte();
  const absl::string_view rest = input.Rest();
  gi::registry::v1::LawBook book;
  gi::registry::v1::Application application;
  const absl::string_view book_bytes = rest.substr(0, book_size);
  const absl::string_view row = rest.substr(std::min(book_size, rest.size()));
  if (!book.ParseFromArray(book_bytes.data(), static_cast<int>(book_bytes.size()))) return 0;
  if (!application.ParseFromArray(row.data(), static_cast<int>(row.size()))) return 0;
  if (!gi::fuzz::IsTame(book)) return 0;
  std::vector<gi::registry::v1::LawBook> books;
  books.push_back(std::move(book));
  gi::fuzz::Walk(std::move(application), gi::domain::LawLibrary(std::move(books)));
  return 0;
}
