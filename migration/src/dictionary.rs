//! The first rows of the dictionary that explains assessment results: 8 clusters and their 30 typologies.
//! An installation may change the rows; the gateway reads them from the tables.

use sea_orm_migration::{
    prelude::{Expr, InsertStatement, Query},
    sea_orm::prelude::DateTimeUtc,
};

/// 2026-01-01T00:00:00Z in nanoseconds since the epoch.
const RELEASED: i64 = 1_767_225_600_000_000_000;

struct Cluster {
    code: &'static str,
    name: &'static str,
    indonesian: &'static str,
    english: &'static str,
    typologies: &'static [Typology],
}

struct Typology {
    code: &'static str,
    name: &'static str,
    indonesian: &'static str,
    english: &'static str,
}

/// Inserts the clusters, in order.
pub(crate) fn clusters() -> InsertStatement {
    let mut insert = Query::insert();
    insert.into_table("clusters").columns([
        "code",
        "name",
        "position",
        "description_id",
        "description_en",
        "created_at",
        "updated_at",
    ]);
    for (position, cluster) in (1..).zip(CLUSTERS) {
        let Cluster { code, name, indonesian, english, typologies: _ } = *cluster;
        insert.values_panic(row([code.into(), name.into()], position, indonesian, english));
    }
    insert
}

/// Inserts the typologies, in the order of their clusters.
pub(crate) fn typologies() -> InsertStatement {
    let mut insert = Query::insert();
    insert.into_table("typologies").columns([
        "code",
        "name",
        "cluster_code",
        "position",
        "description_id",
        "description_en",
        "created_at",
        "updated_at",
    ]);
    let all = CLUSTERS.iter().flat_map(|cluster| cluster.typologies.iter().map(|typology| (cluster.code, typology)));
    for (position, (cluster, typology)) in (1..).zip(all) {
        let Typology { code, name, indonesian, english } = *typology;
        insert.values_panic(row([code.into(), name.into(), cluster.into()], position, indonesian, english));
    }
    insert
}

fn row<const N: usize>(first: [Expr; N], position: i32, indonesian: &str, english: &str) -> Vec<Expr> {
    // The same on every installation, so that the dictionary's ETag is.
    let made = DateTimeUtc::from_timestamp_nanos(RELEASED);
    first.into_iter().chain([position.into(), indonesian.into(), english.into(), made.into(), made.into()]).collect()
}

const CLUSTERS: &[Cluster] = &[
    Cluster {
        code: "HM",
        name: "Headman",
        indonesian: "Dorongan untuk memimpin, menata orang, dan memilih siapa yang tepat untuk setiap tugas.",
        english: "The drive to lead, to arrange people, and to choose who is right for each task.",
        typologies: &[
            Typology {
                code: "CMD",
                name: "Commander",
                indonesian: "Berani mengambil kendali, membuat keputusan tegas, dan mengarahkan orang lain ketika keadaan menuntutnya.",
                english: "Takes charge without hesitation, decides firmly, and directs others when the situation calls for it.",
            },
            Typology {
                code: "ARR",
                name: "Arranger",
                indonesian: "Pandai menata orang dan sumber daya sehingga setiap bagian bekerja pada tempat yang paling pas.",
                english: "Arranges people and resources so that every part works where it fits best.",
            },
            Typology {
                code: "SLC",
                name: "Selector",
                indonesian: "Cepat mengenali keunikan seseorang dan memilih orang yang tepat untuk peran yang tepat.",
                english: "Quickly sees what sets a person apart and picks the right one for the role.",
            },
        ],
    },
    Cluster {
        code: "NW",
        name: "Networking",
        indonesian: "Kekuatan menjalin hubungan, memengaruhi orang, dan membuka jalan melalui pergaulan.",
        english: "The strength to build relationships, to influence people, and to open doors through contacts.",
        typologies: &[
            Typology {
                code: "AMB",
                name: "Ambassador",
                indonesian: "Membawa nama baik kelompoknya dan membangun hubungan yang serasi dengan pihak luar.",
                english: "Carries the good name of a group and builds harmonious relations with those outside it.",
            },
            Typology {
                code: "COM",
                name: "Communicator",
                indonesian: "Mampu menyampaikan pikiran dengan jelas dan menarik, baik secara lisan maupun tulisan.",
                english: "Puts thoughts across clearly and vividly, in speech as well as in writing.",
            },
            Typology {
                code: "MAR",
                name: "Marketer",
                indonesian: "Senang memperkenalkan produk dan gagasan sehingga orang tertarik dan mengingatnya.",
                english: "Likes to present products and ideas in a way that attracts people and stays with them.",
            },
            Typology {
                code: "SEL",
                name: "Seller",
                indonesian: "Gigih meyakinkan orang untuk membeli dan menikmati saat sebuah kesepakatan tercapai.",
                english: "Persuades people to buy with persistence and enjoys the moment a deal is closed.",
            },
            Typology {
                code: "MOT",
                name: "Motivator",
                indonesian: "Menyalakan semangat orang di sekitarnya dan membuat mereka percaya bahwa mereka mampu.",
                english: "Kindles the spirit of those around and makes them believe that they can.",
            },
            Typology {
                code: "MED",
                name: "Mediator",
                indonesian: "Tenang menghadapi perselisihan dan menemukan titik temu yang dapat diterima semua pihak.",
                english: "Stays calm amid conflict and finds the common ground that every side can accept.",
            },
            Typology {
                code: "DIS",
                name: "Distributor",
                indonesian: "Menyalurkan barang atau informasi ke banyak tempat dan senang bergerak menemui banyak orang.",
                english: "Brings goods or information to many places and enjoys being on the move among people.",
            },
        ],
    },
    Cluster {
        code: "SV",
        name: "Servicing",
        indonesian: "Kepedulian untuk merawat, melayani, dan menumbuhkan orang lain.",
        english: "The care to look after others, to serve them, and to help them grow.",
        typologies: &[
            Typology {
                code: "CAR",
                name: "Caretaker",
                indonesian: "Peka terhadap perasaan orang lain dan merawat mereka dengan sabar serta tulus.",
                english: "Senses how others feel and looks after them with patience and sincerity.",
            },
            Typology {
                code: "SER",
                name: "Server",
                indonesian: "Menemukan kepuasan saat melayani dan lebih dahulu memikirkan kebutuhan orang lain.",
                english: "Finds fulfilment in serving and thinks of the needs of others first.",
            },
            Typology {
                code: "EDU",
                name: "Educator",
                indonesian: "Senang mengajar, melatih, dan melihat orang lain maju selangkah demi selangkah.",
                english: "Delights in teaching and training, and in seeing others advance step by step.",
            },
        ],
    },
    Cluster {
        code: "GI",
        name: "Generating Idea",
        indonesian: "Kemampuan melahirkan gagasan, membayangkan masa depan, dan memadukan hal yang tampak tidak berkaitan.",
        english: "The ability to bring forth ideas, to picture the future, and to combine what seems unrelated.",
        typologies: &[
            Typology {
                code: "CRE",
                name: "Creator",
                indonesian: "Kaya gagasan baru dan berani menempuh cara yang belum pernah dicoba.",
                english: "Is rich in new ideas and dares to go ways that nobody has tried.",
            },
            Typology {
                code: "DES",
                name: "Designer",
                indonesian: "Menuangkan gambaran di benaknya menjadi rancangan yang indah dan berguna.",
                english: "Turns the picture in the mind into a design that is both beautiful and useful.",
            },
            Typology {
                code: "VIS",
                name: "Visionary",
                indonesian: "Melihat jauh ke depan dan menggambarkan kemungkinan yang belum dilihat orang lain.",
                english: "Looks far ahead and describes possibilities that others do not see yet.",
            },
            Typology {
                code: "SYN",
                name: "Synthesizer",
                indonesian: "Menggabungkan unsur-unsur yang berbeda menjadi satu kesatuan yang baru dan lebih bernilai.",
                english: "Joins different elements into a new whole that is worth more than its parts.",
            },
        ],
    },
    Cluster {
        code: "TH",
        name: "Thinking",
        indonesian: "Kesenangan menelaah, mencari tahu, dan merancang jalan sebelum bertindak.",
        english: "The pleasure of examining, finding out, and planning the way before acting.",
        typologies: &[
            Typology {
                code: "STR",
                name: "Strategist",
                indonesian: "Membaca berbagai kemungkinan dan memilih jalan terbaik menuju tujuan.",
                english: "Reads the possible moves and selects the best route to the goal.",
            },
            Typology {
                code: "ANA",
                name: "Analyst",
                indonesian: "Mengurai persoalan dengan angka dan fakta sampai sebabnya ditemukan.",
                english: "Takes a problem apart with figures and facts until its cause is found.",
            },
            Typology {
                code: "EXP",
                name: "Explorer",
                indonesian: "Haus akan pengetahuan dan terus menyelidiki hal-hal yang belum dipahami.",
                english: "Thirsts for knowledge and keeps investigating what is not understood yet.",
            },
            Typology {
                code: "INT",
                name: "Interpreter",
                indonesian: "Menangkap makna di balik hal yang rumit dan menjelaskannya dengan bahasa yang sederhana.",
                english: "Grasps the meaning behind complex matters and explains it in simple words.",
            },
        ],
    },
    Cluster {
        code: "RE",
        name: "Reasoning",
        indonesian: "Ketelitian menimbang, mencatat, dan mengelola secara tertib dan masuk akal.",
        english: "The care to weigh, to record, and to manage in an orderly and sensible way.",
        typologies: &[
            Typology {
                code: "EVA",
                name: "Evaluator",
                indonesian: "Menilai keadaan secara objektif dan menunjukkan apa yang sudah baik dan apa yang perlu diperbaiki.",
                english: "Judges a state of affairs objectively and points out what is good and what needs work.",
            },
            Typology {
                code: "TRE",
                name: "Treasurer",
                indonesian: "Cermat mengelola uang dan harta serta selalu dapat mempertanggungjawabkannya.",
                english: "Handles money and property with care and can always account for them.",
            },
            Typology {
                code: "ADM",
                name: "Administrator",
                indonesian: "Rapi menyusun berkas, jadwal, dan prosedur sehingga segalanya mudah ditemukan dan diikuti.",
                english: "Keeps files, schedules, and procedures so tidy that all is easy to find and to follow.",
            },
            Typology {
                code: "JOU",
                name: "Journalist",
                indonesian: "Mengumpulkan informasi, memeriksa kebenarannya, lalu menuliskannya secara runtut.",
                english: "Gathers information, checks that it is true, and writes it down in good order.",
            },
        ],
    },
    Cluster {
        code: "EL",
        name: "Elementary",
        indonesian: "Ketekunan bekerja dengan tangan dan alat hingga menghasilkan sesuatu yang nyata.",
        english: "The persistence to work with hands and tools until something real stands there.",
        typologies: &[
            Typology {
                code: "PRO",
                name: "Producer",
                indonesian: "Senang membuat sesuatu sampai selesai dan bangga pada hasil yang dapat dipegang.",
                english: "Likes to make things from start to finish and takes pride in results one can hold.",
            },
            Typology {
                code: "OPE",
                name: "Operator",
                indonesian: "Terampil menjalankan mesin dan peralatan dengan tertib sesuai aturannya.",
                english: "Runs machines and equipment with skill and in keeping with the rules.",
            },
        ],
    },
    Cluster {
        code: "TE",
        name: "Technical",
        indonesian: "Kecermatan menjaga mutu, keamanan, dan keadaan baik dari benda maupun sistem.",
        english: "The attention that keeps things and systems sound, safe, and in good repair.",
        typologies: &[
            Typology {
                code: "QCA",
                name: "Quality Controller",
                indonesian: "Jeli menemukan cacat sekecil apa pun dan memastikan hasil memenuhi standar.",
                english: "Spots the smallest defect and makes sure that results meet the standard.",
            },
            Typology {
                code: "SAF",
                name: "Safekeeper",
                indonesian: "Waspada terhadap bahaya dan menjaga orang, barang, serta aturan tetap aman.",
                english: "Stays alert to danger and keeps people, property, and rules secure.",
            },
            Typology {
                code: "RES",
                name: "Restorer",
                indonesian: "Menikmati memperbaiki yang rusak sehingga berfungsi kembali seperti semula.",
                english: "Enjoys repairing what is broken until it works as it did before.",
            },
        ],
    },
];
