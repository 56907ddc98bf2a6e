"""Invented people for the demo's year: their names, and what some of them write."""

GIVEN = tuple(
    """
    Abel Adela Aine Alder Amara Anselm Asta Aurel Bastian Beatrix Benno Brona Caius Calla Cormac
    Dagny Dara Delphine Eamon Edda Eilis Elowen Emeka Enid Esme Ewan Fenna Fergus Fintan Freya
    Gideon Greta Hollis Ida Imani Ines Isolde Ivo Jarek Jory Juno Kavita Keir Lalage Leif Linus
    Lorcan Mabel Maren Matteo Merle Mirela Nadia Niall Odile Orla Otis Petra Quill Rafael Ruth
    Sabine Senan Sigrid Tamsin Teodor Una Veda Wanda Yusuf Zora
    """.split()  # noqa: SIM905 (a list to be read)
)
FAMILY = tuple(
    """
    Abernay Ashgrove Barlowe Birchall Brandt-Ellery Callowhill Carrow Corrigane Dallimore Darrowby
    Ellingham Fairholt Farraday Fenwick-Osei Galloway-Rao Garrick Halvorsen-Pike Harrowgate
    Hartigan Hazeldine Idrissou Jessop Kettering Lachlan Lindqvist-Moy Lorrimer Maddocks
    Marchetti-Bell Merriweather Moorcroft Nakata-Flynn Netherby Oakhanger Okafor-Lunn Orrery
    Pemberley Penhallow Quennell Ravelin Redmayne-Tull Rosewarne Saltmarsh Sandoval-Fry Selwyn
    Sorrell Stanhope-Diaz Tarrant-Wei Thackeray-Nunn Thistlewood Tregarth Underhay Valtierra
    Vane-Adeyemi Wetherall Whitcombe Wolstan Yarwood Zielonka-Marsh
    """.split()  # noqa: SIM905
)
MESSAGES = (
    "The report on the deposits got my sister her money back. Thank you.",
    "I read you on the night bus. Keep counting.",
    "Please keep the council pages free for everyone.",
    "I moved away nine years ago and still start the day with the Courier.",
    "For the drawings. I cut them out.",
    "More about the reservoir, please. Nobody else explains it.",
    "My grandfather set type for you. He would have paid twice.",
    "I disagree with your columnist and would hate to be without her.",
    "For the jazz tapes.",
    "It is not much, but it is every month.",
)
