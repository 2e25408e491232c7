"""Campaigns, records and products that are right, for tests to send or to spoil. Everything in them is made up."""

from builders import create_division, date, mutation, source
from protos import pb

TOWNSHIP = (("x-role", "township"),)
DISTRICT = (("x-role", "district"),)


def quantity(value, unit, magnitude=pb.MAGNITUDE_UNSPECIFIED):
    return pb.Quantity(value=str(value), unit=unit, magnitude=magnitude)


def figure(subject, value, unit, year, magnitude=pb.MAGNITUDE_UNSPECIFIED, **fields):
    fields = {"method": pb.MEASUREMENT_METHOD_REPORTED, "source": source(), **fields}
    return pb.Measurement(subject=subject, quantity=quantity(value, unit, magnitude), year=year, **fields)


def area(value, year, magnitude=pb.MAGNITUDE_UNSPECIFIED, unit=pb.UNIT_MU, **fields):
    return figure(pb.MEASURED_SUBJECT_AREA, value, unit, year, magnitude, **fields)


def output(value, year, magnitude=pb.MAGNITUDE_UNSPECIFIED, unit=pb.UNIT_TONNE, **fields):
    return figure(pb.MEASURED_SUBJECT_OUTPUT, value, unit, year, magnitude, **fields)


def create_survey(survey_id, year, townships=("500155",), due="2024-06-30", **fields):
    survey = pb.Survey(
        year=year,
        display_name=f"{year} 年普查",
        organiser="示例区农业农村委员会",
        jurisdiction="500155",
        form_version="1",
        source=source(),
    )
    for code in townships:
        survey.townships.add(code=code, due_on=date(due), expected_records=3)
    survey.MergeFrom(pb.Survey(**fields))
    return mutation(pb.CreateSurveyRequest(survey=survey, survey_id=survey_id))


def record(local_name="示例柚", place="500155", year=2024, **fields):
    """A record that is complete."""
    fields = {
        "local_name": local_name,
        "sector": pb.SECTOR_CROPS,
        "category": "水果",
        "place_code": place,
        "measurements": [area(1000, year), output(1500, year)],
        "process": "示例生产方式",
        "potential": pb.PotentialAssessment(potential=pb.POTENTIAL_HIGH, reasons=["示例理由"]),
        "source": source(),
        **fields,
    }
    return pb.SurveyRecord(**fields)


def create_record(survey_id, record_id, row):
    return mutation(
        pb.CreateSurveyRecordRequest(survey=f"surveys/{survey_id}", survey_record=row, survey_record_id=record_id)
    )


def create_product(product_id, name, **fields):
    fields = {"display_name": name, "sector": pb.SECTOR_CROPS, "source": source(), **fields}
    return mutation(pb.CreateProductRequest(product_id=product_id, product=pb.Product(**fields)))


class SurveyCalls:
    """Short ways through the life of a record; mixed into a ServerTestCase."""

    def step(self, method, row, metadata=(), **fields):
        """A verb on the newest version of a record or product."""
        kind = row.DESCRIPTOR.name
        field = "survey_record" if kind == "SurveyRecord" else kind.lower()
        request_class = getattr(pb, f"{method}Request")
        request = mutation(request_class(name=row.name, etag=row.etag, **fields))
        return getattr(self.call(method, request, metadata=metadata), field)

    def file(self, survey_id, record_id, row):
        """Creates and submits."""
        made = self.call("CreateSurveyRecord", create_record(survey_id, record_id, row)).survey_record
        return self.step("SubmitSurveyRecord", made)

    def accept(self, row, **fields):
        return self.step("AcceptSurveyRecord", row, acknowledged_warnings=[w.id for w in row.warnings], **fields)

    def get_record(self, name, **fields):
        return self.call("GetSurveyRecord", pb.GetSurveyRecordRequest(name=name, **fields)).survey_record

    def get_product(self, name, **fields):
        return self.call("GetProduct", pb.GetProductRequest(name=name, **fields)).product

    @classmethod
    def open_survey(cls, survey_id, year, **fields):
        survey = cls.call("CreateSurvey", create_survey(survey_id, year, **fields)).survey
        opened = mutation(pb.OpenSurveyRequest(name=survey.name, etag=survey.etag))
        return cls.call("OpenSurvey", opened).survey

    @classmethod
    def fill_liangping(cls):
        """Divisions with their renumberings, and campaigns of 2023 and 2024."""
        for code, name in (("500000", "重庆市"), ("500155", "梁平区"), ("500155005", "合兴街道"), ("500155100", "礼让镇")):
            cls.call("CreateDivision", create_division(code, name))
        cls.call("CreateDivision", create_division("500155005205", "龙滩村"))
        cls.call("CreateDivision", create_division("500155120", "合兴镇", successor="500155005"))
        cls.call("CreateDivision", create_division("500155120205", "龙滩村", successor="500155005205"))
        for year in (2023, 2024):
            cls.open_survey(
                str(year),
                year,
                townships=("500155005", "500155100"),
                extent=pb.Geometry(
                    datum=pb.DATUM_CGCS2000,
                    box=pb.BoundingBox(
                        south_west=pb.Point(longitude="107.3", latitude="30.3"),
                        north_east=pb.Point(longitude="108.2", latitude="31.0"),
                    ),
                ),
            )
