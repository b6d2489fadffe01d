from db.engine import Database
from db.services.duty import searching, rotas
from tests.db.services.searches import *
from tests.factories import Office


def test_try(database: Database, office: Office) -> None:
    import time
    rota_id = a_draft(database, office)
    t=time.time()
    found = searched(office.director, rota_id)
    print(time.time()-t, found)
    saved = searching.take(office.director, search_id=found.search_id, key="t")
    view = rotas.rota_view(office.director, rota_id=rota_id)
    print(view.score, view.breaks)
    assert 0
