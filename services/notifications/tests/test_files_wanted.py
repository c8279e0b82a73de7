"""Which files each reader of a customer number wants with a mail."""

from chassis.identifiers import new_id
from notifications.files_wanted import files_wanted


def test_each_reader_gets_what_they_chose_else_what_the_number_says(world, moment):
    """D-03 N-07: per recipient and number."""
    main, follows, xml, link, stranger = (new_id() for _ in range(5))
    shared = [(each, moment(0), True) for each in (follows, xml, link)]

    wanted = files_wanted(
        world.snapshot(
            main=(main, moment(0)),
            shared=shared,
            attach=("xml", "pdf", "original_pdf"),
            own={xml: ("xml",), link: ()},
        )
    )

    assert [wanted.of(each) for each in (main, follows, xml, link, stranger)] == [
        ("pdf", "xml"),
        ("pdf", "xml"),
        ("xml",),
        (),
        ("pdf", "xml"),
    ]


def test_without_settings_a_mail_holds_a_link_only(world, moment):
    main, shared = new_id(), new_id()
    snapshot = world.snapshot(
        main=(main, moment(0)), shared=[(shared, moment(0), True)], own={shared: ("pdf",)}
    )

    assert files_wanted(snapshot).of(main) == ()
    assert files_wanted(snapshot).of(shared) == ("pdf",)


def test_whose_claim_ended_still_gets_what_they_chose_unless_they_have_one_again(world, moment):
    gone, back = new_id(), new_id()
    ended = [(each, moment(0), moment(5)) for each in (gone, back)]

    wanted = files_wanted(world.snapshot(ended=ended, own={gone: ("pdf",), back: ("pdf",)}))
    assert wanted.of(gone) == wanted.of(back) == ("pdf",)

    again = world.snapshot(shared=[(back, moment(6), True)], ended=ended, own={gone: ("pdf",)})
    assert files_wanted(again).of(back) == ()


def test_who_became_the_main_contact_follows_the_number(world, moment):
    main = new_id()
    snapshot = world.snapshot(
        main=(main, moment(6)),
        ended=[(main, moment(0), moment(6))],
        attach=("pdf",),
        own={main: ("xml",)},
    )

    assert files_wanted(snapshot).of(main) == ("pdf",)
