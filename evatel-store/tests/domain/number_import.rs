//! Numbers of a file, on both databases.

use evatel_core::did::import::{Column, Destination, ImportRow, Remedy, Rows};
use evatel_store::{NumberFilter, Target};
use rstest::rstest;

use crate::{
    house::{
        House,
        Kind::{self, Postgres, Sqlite},
    },
    numbers::{neighbour, number},
};

pub(crate) fn rows(text: &str) -> Vec<ImportRow> {
    Rows::new(text.as_bytes())
        .unwrap()
        .map(|row| row.unwrap().unwrap())
        .collect()
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_import_run_again_changes_nothing_and_never_moves_a_number(
    #[values(Sqlite, Postgres)] kind: Kind,
) {
    let house = House::build(kind).await;
    let acting = house.acting().await;
    let trunk = Some(house.trunk().await);
    let (_, zoe) = neighbour(&house, &acting).await;
    let reseller = house.account.reseller.clone();
    let file = "numbers.csv".parse().unwrap();
    let text = format!(
        "number,user\n5145550001,\n5145550002,{}\n5145550003,{zoe}\n",
        house.user.id
    );

    let tried = acting
        .clone()
        .rehearsing()
        .import_numbers(&reseller, rows(&text), trunk.clone(), &file)
        .await
        .unwrap();
    assert_eq!((tried.added, tried.same), (3, 0));
    assert_eq!(
        acting
            .numbers(&Target::Reseller(reseller.clone()), &NumberFilter::default())
            .await
            .unwrap(),
        []
    );

    let first = acting
        .import_numbers(&reseller, rows(&text), trunk.clone(), &file)
        .await
        .unwrap();
    assert_eq!((first.added, first.same, first.refused.len()), (3, 0, 0));
    let revision = house.store.revision().await.unwrap();
    let again = acting
        .import_numbers(&reseller, rows(&text), trunk.clone(), &file)
        .await
        .unwrap();
    assert_eq!((again.added, again.same, again.refused.len()), (0, 3, 0));
    assert_eq!(house.store.revision().await.unwrap(), revision);

    // Another user's number, a trunk and users that are not there; the good row between them is taken.
    let text = format!(
        "number,trunk,user\n5145550002,,{zoe}\n5145550004,trk-0,\n5145550005,,\n5145550006,,usr-0\n5145550001,,{zoe}\n"
    );
    let mixed = acting
        .import_numbers(&reseller, rows(&text), trunk, &file)
        .await
        .unwrap();
    let refused: Vec<_> = mixed
        .refused
        .iter()
        .map(|row| (row.line, row.field, row.remedy))
        .collect();
    assert_eq!(
        refused,
        [
            (2, Column::Number, Remedy::AskOwner),
            (3, Column::Trunk, Remedy::UseListedId),
            (5, Column::User, Remedy::UseListedId),
            (6, Column::Number, Remedy::AskOwner),
        ]
    );
    assert_eq!(mixed.added, 1);
    assert_eq!(
        acting.number(&number(2)).await.unwrap().owner.account(),
        Some(&house.account.id)
    );
    assert_eq!(house.store.load_directory().await.unwrap().dids().len(), 2);
    let nowhere = ImportRow {
        line: 2,
        number: number(7),
        trunk: None,
        into: Destination::Pool,
    };
    let nowhere = acting
        .import_numbers(&reseller, vec![nowhere], None, &file)
        .await
        .unwrap();
    assert_eq!(nowhere.refused[0].remedy, Remedy::NameTrunk);
}
