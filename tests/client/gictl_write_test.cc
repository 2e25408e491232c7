// create, correct, grant and the other verbs, record, annul, confirm.
#include <cstdio>
#include <fstream>
#include <string>

#include "storage/base/uuid.h"
#include "tests/client/gictl_fixture.h"

namespace gi::client::gictl {
namespace {

using testing::HasSubstr;
using testing::Not;

class WriteTest : public GictlTest {
 protected:
  void SetUp() override {
    mock_.Answer<v1::GetAuthorizationRequest, v1::GetAuthorizationResponse>(
        [](const v1::GetAuthorizationRequest& request) {
          v1::GetAuthorizationResponse response;
          response.mutable_authorization()->set_etag("etag of " + request.name());
          return response;
        });
    mock_.Answer<v1::GetEntityRequest, v1::GetEntityResponse>([](const auto&) {
      v1::GetEntityResponse response;
      response.mutable_entity()->set_etag("ee");
      return response;
    });
    mock_.Answer<v1::GetIndicationRequest, v1::GetIndicationResponse>([](const auto&) {
      v1::GetIndicationResponse response;
      response.mutable_indication()->set_etag("ie");
      return response;
    });
  }

  // Answers requests of a type with a mutation's answer and keeps the last one.
  template <class Request, class Response>
  void Keep(Request& sent, Response answer) {
    mock_.Answer<Request, Response>([&sent, answer](const Request& request) {
      sent = request;
      return answer;
    });
  }
  static v1::MutateAuthorizationResponse Granted() {
    v1::MutateAuthorizationResponse answer;
    answer.mutable_authorization()->set_name("authorizations/g1");
    answer.mutable_authorization()->set_state(v1::AUTHORIZATION_STATE_GRANTED);
    answer.mutable_read_point()->set_revision(21);
    return answer;
  }
};

TEST_F(WriteTest, CreateEntityFromFlags) {
  v1::CreateEntityRequest sent;
  v1::MutateEntityResponse answer;
  answer.mutable_entity()->set_name("entities/e1");
  answer.mutable_read_point()->set_revision(5);
  Keep(sent, answer);
  EXPECT_EQ(Run({"create", "entity", "--uscc=93500155MA5TEXT11L", "--display-name=示例社", "--division=500155",
                 "--id=e1", "--source-kind=official", "--source-title=执照", "--verified", "--reason=test"}),
            0);
  EXPECT_EQ(sent.entity().uscc(), "93500155MA5TEXT11L");
  EXPECT_EQ(sent.entity().display_name(), "示例社");
  EXPECT_EQ(sent.entity().division_code(), "500155");
  EXPECT_EQ(sent.entity().source().kind(), v1::SOURCE_KIND_OFFICIAL);
  EXPECT_TRUE(sent.entity().source().verified());
  EXPECT_EQ(sent.entity_id(), "e1");
  EXPECT_EQ(sent.reason(), "test");
  EXPECT_FALSE(sent.validate_only());
  EXPECT_TRUE(ParseUuid(sent.request_id()).has_value());
  EXPECT_THAT(out_, HasSubstr("created entities/e1"));
  EXPECT_THAT(out_, HasSubstr("revision 5"));
}

TEST_F(WriteTest, CreateFromStandardInput) {
  v1::CreateIndicationRequest sent;
  Keep(sent, v1::MutateIndicationResponse());
  EXPECT_EQ(Run({"create", "indication", "--file", "-", "--id=i1"},
                R"({"displayName": "示例柚", "kind": "INDICATION_KIND_AGI"})"),
            0);
  EXPECT_EQ(sent.indication().display_name(), "示例柚");
  EXPECT_EQ(sent.indication().kind(), v1::INDICATION_KIND_AGI);
  EXPECT_EQ(sent.indication_id(), "i1");
  EXPECT_EQ(Run({"create", "indication", "--file=-"}, R"({"noSuchField": 1})"), 3);
  EXPECT_THAT(err_, HasSubstr("noSuchField"));
}

TEST_F(WriteTest, DryRunListsAllFindings) {
  v1::CreateEntityRequest sent;
  v1::MutateEntityResponse answer;
  Keep(sent, answer);
  EXPECT_EQ(Run({"create", "entity", "--uscc=x", "--dry-run"}), 0);
  EXPECT_TRUE(sent.validate_only());
  EXPECT_THAT(out_, HasSubstr("nothing was changed"));
  v1::Violation& violation = *answer.add_violations();
  violation.set_field("entity.uscc");
  violation.set_message_zh("代码有误");
  violation.set_message_en("bad code");
  Keep(sent, answer);
  EXPECT_EQ(Run({"create", "entity", "--uscc=x", "--dry-run", "--lang=zh"}), 4);
  EXPECT_EQ(out_, "将被拒绝：\n  entity.uscc: 代码有误\n");
  EXPECT_EQ(Run({"create", "entity", "--uscc=x", "--dry-run", "--output=json"}), 4);
  EXPECT_THAT(out_, HasSubstr("\"messageEn\": \"bad code\""));
}

TEST_F(WriteTest, GrantNewFindsEntityAndTitle) {
  mock_.Answer<v1::ListEntitiesRequest, v1::ListEntitiesResponse>([](const v1::ListEntitiesRequest& request) {
    EXPECT_EQ(request.uscc(), "93500155MA5TEXT11L");
    v1::ListEntitiesResponse response;
    response.add_entities()->set_name("entities/e1");
    return response;
  });
  mock_.Answer<v1::ListIndicationsRequest, v1::ListIndicationsResponse>([](const v1::ListIndicationsRequest& request) {
    v1::ListIndicationsResponse response;
    response.add_indications()->set_name("indications/i1");
    if (request.number() == "577") response.add_indications()->set_name("indications/i2");
    if (request.number() == "0") response.clear_indications();
    return response;
  });
  v1::CreateAuthorizationRequest sent;
  Keep(sent, Granted());
  EXPECT_EQ(Run({"grant", "93500155MA5TEXT11L", "AGI01459", "--from=2023-01-01", "--to=2025-12-31",
                 "--area=500155001,500155002", "--variety=平顶柚", "--goods=g1", "--goods=g2", "--doc-kind=recordal",
                 "--doc-title=示例", "--source-title=t"}),
            0);
  EXPECT_TRUE(sent.granted());
  EXPECT_EQ(sent.authorization().entity(), "entities/e1");
  EXPECT_EQ(sent.authorization().indication(), "indications/i1");
  EXPECT_EQ(FormatDate(sent.effective_from()), "2023-01-01");
  EXPECT_EQ(FormatDate(sent.authorization().validity().to()), "2025-12-31");
  EXPECT_EQ(sent.authorization().scope().area_codes_size(), 2);
  EXPECT_EQ(sent.authorization().scope().varieties(0), "平顶柚");
  EXPECT_EQ(sent.authorization().scope().goods_size(), 2);
  EXPECT_EQ(sent.authorization().basis(0).kind(), v1::DOCUMENT_KIND_RECORDAL);
  EXPECT_EQ(Run({"grant", "entities/e1", "577", "--from=2023-01-01"}), 4);
  EXPECT_THAT(err_, HasSubstr("indications/i1 indications/i2"));
  EXPECT_EQ(Run({"grant", "entities/e1", "0", "--from=2023-01-01"}), 4);
}

TEST_F(WriteTest, GrantPendingFetchesTheEtag) {
  v1::GrantAuthorizationRequest sent;
  Keep(sent, Granted());
  EXPECT_EQ(Run({"grant", "authorizations/g1", "--from=2023-01-01", "--effective=2022-12-20"}), 0);
  EXPECT_EQ(sent.name(), "authorizations/g1");
  EXPECT_EQ(sent.etag(), "etag of authorizations/g1");
  EXPECT_EQ(FormatDate(sent.effective_from()), "2022-12-20");
  EXPECT_EQ(FormatDate(sent.validity().from()), "2023-01-01");
  EXPECT_FALSE(sent.validity().has_to());
  EXPECT_EQ(Run({"grant", "authorizations/g1", "--from=2023-01-01", "--area=500155"}), 3);
}

TEST_F(WriteTest, VerbsUseTheGivenEtag) {
  v1::SuspendAuthorizationRequest suspend;
  v1::ReinstateAuthorizationRequest reinstate;
  v1::RemoveAuthorizationRequest remove;
  Keep(suspend, Granted());
  Keep(reinstate, Granted());
  Keep(remove, Granted());
  EXPECT_EQ(Run({"suspend", "authorizations/g1", "--from=2023-01-01", "--etag=mine", "--doc-kind=decision"}), 0);
  EXPECT_EQ(suspend.etag(), "mine");
  EXPECT_EQ(suspend.basis().kind(), v1::DOCUMENT_KIND_DECISION);
  EXPECT_EQ(Run({"reinstate", "authorizations/g1", "--from=2023-02-01"}), 0);
  EXPECT_EQ(FormatDate(reinstate.effective_from()), "2023-02-01");
  EXPECT_FALSE(reinstate.has_basis());
  EXPECT_EQ(Run({"remove", "authorizations/g1", "--from=2023-03-01", "--ground=two-years-unused", "--lang=zh"}), 0);
  EXPECT_EQ(remove.ground(), v1::REMOVAL_GROUND_TWO_YEARS_UNUSED);
  EXPECT_EQ(remove.etag(), "etag of authorizations/g1");
  EXPECT_EQ(out_, "已移除 authorizations/g1  状态: 已授权  登记簿版本 21\n");
}

TEST_F(WriteTest, TheLifeOfAGrant) {
  v1::ExtendAuthorizationRequest extended;
  v1::RefuseAuthorizationRequest refused;
  v1::SetAuthorizationLogoRequest logo;
  v1::ReportAuthorizationUseRequest reported;
  v1::ConfirmAuthorizationRequest confirmed;
  Keep(extended, Granted());
  Keep(refused, Granted());
  Keep(logo, Granted());
  Keep(reported, Granted());
  Keep(confirmed, Granted());
  const std::string name = "authorizations/g1";
  EXPECT_EQ(Run({"extend", name, "--from=2024-01-01", "--to=2025-12-31", "--doc-number=7"}), 0);
  EXPECT_EQ(extended.valid_to().year(), 2025);
  EXPECT_EQ(extended.basis().number(), "7");
  EXPECT_EQ(extended.etag(), "etag of authorizations/g1");
  EXPECT_EQ(Run({"refuse", name, "--from=2024-01-01", "--because=产地不符", "--because=材料不全"}), 0);
  EXPECT_THAT(refused.refusal_reasons(), testing::ElementsAre("产地不符", "材料不全"));
  EXPECT_EQ(Run({"logo", name, "--from=2024-01-01"}), 0);
  EXPECT_TRUE(logo.permitted());
  EXPECT_EQ(Run({"logo", name, "--from=2024-02-01", "--withdraw"}), 0);
  EXPECT_FALSE(logo.permitted());
  EXPECT_EQ(Run({"report-use", name, "--from=2024-03-01", "--year=2023", "--last-used=2023-11-05"}), 0);
  EXPECT_TRUE(reported.use_report().used());
  EXPECT_EQ(reported.use_report().last_used_on().month(), 11);
  EXPECT_EQ(Run({"report-use", name, "--from=2024-03-01", "--year=2023"}), 0);
  EXPECT_FALSE(reported.use_report().used());
  EXPECT_EQ(Run({"confirm", name, "--on=2024-03-01", "--note=核对"}), 0);
  EXPECT_EQ(confirmed.confirmation().note(), "核对");
  EXPECT_EQ(Run({"confirm", "divisions/500155", "--on=2024-03-01"}), 3);
}

TEST_F(WriteTest, RecordEvents) {
  v1::RecordIndicationEventRequest title;
  v1::RecordEntityEventRequest entity;
  Keep(title, v1::MutateIndicationResponse());
  Keep(entity, v1::MutateEntityResponse());
  EXPECT_EQ(Run({"record", "indications/i1", "--kind=surrendered", "--received=2023-05-01", "--law=trademark_2019",
                 "--items=g1,g2"}),
            0);
  EXPECT_EQ(title.event().kind(), v1::TITLE_EVENT_KIND_SURRENDERED);
  EXPECT_EQ(FormatDate(title.event().received_on()), "2023-05-01");
  EXPECT_EQ(title.event().law_version(), v1::LAW_VERSION_TRADEMARK_2019);
  EXPECT_EQ(title.event().items_size(), 2);
  EXPECT_EQ(title.etag(), "ie");
  EXPECT_EQ(Run({"record", "entities/e1", "--kind=renamed", "--new-name=新名", "--effective=2023-05-01"}), 0);
  EXPECT_EQ(entity.event().new_name(), "新名");
  EXPECT_EQ(entity.etag(), "ee");
  EXPECT_EQ(Run({"record", "entities/e1", "--kind=renamed", "--announced=2023-05-01"}), 3);
  EXPECT_EQ(Run({"record", "entities/e1", "--kind=renamed", "--items=g1"}), 3);
  EXPECT_EQ(Run({"record", "entities/e1"}), 3);
}

TEST_F(WriteTest, AnnulByKindOfResource) {
  v1::AnnulAuthorizationEventRequest grant;
  v1::RecordEntityEventRequest entity;
  Keep(grant, Granted());
  Keep(entity, v1::MutateEntityResponse());
  EXPECT_EQ(Run({"annul", "authorizations/g1", "e2"}), 0);
  EXPECT_EQ(grant.event(), "e2");
  EXPECT_EQ(grant.etag(), "etag of authorizations/g1");
  EXPECT_EQ(Run({"annul", "entities/e1", "e3"}), 0);
  EXPECT_EQ(entity.event().kind(), v1::ENTITY_EVENT_KIND_ANNULMENT);
  EXPECT_EQ(entity.event().annuls(), "e3");
  EXPECT_EQ(Run({"annul", "divisions/500155", "e3"}), 3);
}

TEST_F(WriteTest, CorrectTakesTheNamedFields) {
  v1::CorrectEntityRequest sent;
  Keep(sent, v1::MutateEntityResponse());
  const std::string path = testing::TempDir() + "/gictl_correct.json";
  std::ofstream(path) << R"({"displayName": "更正后", "aliases": ["简称"]})";
  EXPECT_EQ(Run({"correct", "entities/e1", "--file=" + path, "--fields=display_name,aliases"}), 0);
  EXPECT_EQ(sent.entity().name(), "entities/e1");
  EXPECT_EQ(sent.entity().display_name(), "更正后");
  std::remove(path.c_str());
  ASSERT_EQ(sent.update_mask().paths_size(), 2);
  EXPECT_EQ(sent.update_mask().paths(1), "aliases");
  EXPECT_EQ(sent.etag(), "ee");
}

TEST_F(WriteTest, AnUnknownOutcomeTellsHowToRepeat) {
  v1::SuspendAuthorizationRequest sent;
  mock_.Answer<v1::SuspendAuthorizationRequest, v1::MutateAuthorizationResponse>([&](const auto& request) {
    sent = request;
    return absl::DeadlineExceededError("late");
  });
  EXPECT_EQ(Run({"suspend", "authorizations/g1", "--from=2023-01-01"}), 5);
  EXPECT_THAT(err_, HasSubstr("--request-id=" + sent.request_id() + " --etag=etag of authorizations/g1"));
  const std::string first = sent.request_id();
  EXPECT_EQ(Run({"suspend", "authorizations/g1", "--from=2023-01-01", "--request-id=" + first, "--etag=x"}), 5);
  EXPECT_EQ(sent.request_id(), first);
}

TEST_F(WriteTest, ARefusalIsNoUnknownOutcome) {
  mock_.Answer<v1::SuspendAuthorizationRequest, v1::MutateAuthorizationResponse>([](const auto&) {
    return MakeError(v1::ERROR_REASON_TRANSITION_ILLEGAL, {{"name", "authorizations/g1"}});
  });
  EXPECT_EQ(Run({"suspend", "authorizations/g1", "--from=2023-01-01"}), 4);
  EXPECT_THAT(err_, HasSubstr("TRANSITION_ILLEGAL"));
  EXPECT_THAT(err_, Not(HasSubstr("--request-id")));
}

}  // namespace
}  // namespace gi::client::gictl
