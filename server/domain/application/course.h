// The course of an application: its events in the order of effect, with what each did to which goods items. States,
// deadlines and the title are read off it. An event without items concerns all that it can concern. Pure; immutable and
// thread-safe once made.
#ifndef GI_SERVER_DOMAIN_APPLICATION_COURSE_H_
#define GI_SERVER_DOMAIN_APPLICATION_COURSE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gi/registry/v1/application.pb.h"
#include "server/domain/application/workflow.h"
#include "server/domain/clock/law_library.h"
#include "storage/base/date.h"
#include "storage/base/error.h"

namespace gi::domain {

// An event that counts, with what it did.
struct ApplicationStep {
  const registry::v1::ApplicationEvent* event;
  Day day;
  // Id of the law the application runs under when it happens.
  absl::string_view law;
  // Indexes of the goods items that it did something to, ascending.
  std::vector<int> items;
  // Of every item, after it.
  std::vector<registry::v1::ApplicationState> states;
};

class ApplicationCourse {
 public:
  struct Segment {
    Day from;
    registry::v1::ApplicationState state;
    friend bool operator==(const Segment&, const Segment&) = default;
  };

  // As it is known on the day `until`: without later events. Illegal events, and events without a date, are passed
  // over, so that any row can be read. Both must outlive it.
  ApplicationCourse(const registry::v1::Application& application, const LawLibrary& laws, Day until = kLastDay);

  const registry::v1::Application& application() const { return application_; }
  const std::vector<ApplicationStep>& steps() const { return steps_; }
  // At least 1: an application that does not say its goods counts as one item.
  int items() const { return items_; }

  registry::v1::ApplicationState ItemStateOn(int item, Day day) const;
  // Sorted by day; the first is DRAFT and begins on kFirstDay; neighbours differ.
  std::vector<Segment> ItemSegments(int item) const;
  // Of the whole: the state of its items if they agree, those that were divided off or withdrawn left aside.
  registry::v1::ApplicationState StateOn(Day day) const;
  std::vector<Segment> Segments() const;

  // Id of the law on the day.
  absl::string_view LawOn(Day day) const;
  // 申请日; nullopt: not filed.
  std::optional<Day> filing_day() const;

 private:
  // The last step on or before the day; -1: none.
  int StepOn(Day day) const;
  registry::v1::ApplicationState Combine(absl::Span<const registry::v1::ApplicationState> states) const;

  const registry::v1::Application& application_;
  std::vector<ApplicationStep> steps_;
  int items_;
};

// Judges all events, the new one among them, with their ids. EVENT_NOT_ANNULLABLE (see CheckAnnulments), or
// TRANSITION_ILLEGAL for the first event in the order of effect that cannot be where it stands.
absl::Status CheckApplicationCourse(const registry::v1::Application& application, const LawLibrary& laws);

// The ids of items by their indexes; empty if they are all items of the application.
std::vector<std::string> ItemIds(const registry::v1::Application& application, absl::Span<const int> items);

}  // namespace gi::domain

#endif  // GI_SERVER_DOMAIN_APPLICATION_COURSE_H_
